import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { TooltipProvider } from "../../../ui/Tooltip";
import { safeLink } from "./links";
import { Markdown } from "./Markdown";
import { withDollars } from "./math";

function shown(text: string, live = false): HTMLElement {
  return render(
    <TooltipProvider>
      <Markdown text={text} live={live} />
    </TooltipProvider>,
  ).container;
}

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<iframe src=https://evil.example></iframe>",
  "<a href='javascript:alert(1)'>x</a>",
  "<style>body{display:none}</style>",
  "<svg><use href='data:image/svg+xml,<svg onload=alert(1)>'/></svg>",
  "text <b onclick=alert(1)>raw</b> text",
  "<details open ontoggle=alert(1)>x</details>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](vbscript:x)",
  "[x](file:///etc/passwd)",
  "[x](/api/sign-out)",
  "<javascript:alert(1)>",
  "![x](https://evil.example/pixel.png?secret)",
  "![x](//evil.example/pixel.png)",
  "![x](data:image/svg+xml;base64,PHN2Zz4=)",
  "![x](javascript:alert(1))",
  "[![x](https://evil.example/a.png)](javascript:alert(1))",
  "[x][1]\n\n[1]: javascript:alert(1)",
  "```html\n<script>alert(1)</script>\n```",
  "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
];

describe("a model's text", () => {
  it.each(HOSTILE)("%s can neither run nor fetch", (text) => {
    for (const live of [true, false]) {
      const page = shown(text, live);
      expect(
        page.querySelector("script, iframe, img, svg use, style, object, embed, form, details"),
      ).toBeNull();
      for (const element of page.querySelectorAll("*"))
        for (const { name, value } of element.attributes) {
          expect(name).not.toMatch(/^on/);
          if (["href", "src", "action", "formaction"].includes(name))
            expect(value).toMatch(/^(https?:|mailto:)/);
        }
    }
  });

  it("keeps raw HTML as text", () => {
    expect(shown("a <b>raw</b> word").textContent).toContain("<b>raw</b>");
  });

  it("opens links elsewhere, without telling from where", () => {
    const link = shown("[site](https://example.com/a)").querySelector("a");
    expect(link?.getAttribute("href")).toBe("https://example.com/a");
    expect(link?.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    expect(link?.getAttribute("target")).toBe("_blank");
  });

  it("names the host of a picture instead of loading it", () => {
    expect(shown("![a cat](https://pics.example/cat.png)").textContent).toContain("pics.example");
  });

  it("gives a block of code its language and all of its text", () => {
    const block = shown("```python\nprint('<hi>')\n```").querySelector("[data-testid=code-block]");
    expect(block?.textContent).toContain("python");
    expect(block?.querySelector("pre")?.textContent).toBe("print('<hi>')");
  });

  it("heals what is not closed yet", () => {
    expect(shown("some **bold", true).querySelector("strong")?.textContent).toBe("bold");
  });

  it("puts its headings below the message's own", () => {
    expect(shown("# Title").querySelector("h3")?.textContent).toBe("Title");
  });
});

describe("links", () => {
  it("allows three protocols", () => {
    expect(safeLink("https://a.b/c")).toBe("https://a.b/c");
    expect(safeLink("mailto:a@b.c")).toBe("mailto:a@b.c");
    expect(safeLink("java\nscript:alert(1)")).toBeNull();
    expect(safeLink("#anchor")).toBeNull();
    expect(safeLink(undefined)).toBeNull();
  });
});

describe("math", () => {
  it("is put between dollars, but not in code", () => {
    expect(withDollars("a \\(x\\) b")).toBe("a $$x$$ b");
    expect(withDollars("\\[\nx^2\n\\]")).toBe("\n$$\nx^2\n$$\n");
    expect(withDollars("`\\(x\\)` and ```\n\\[y\\]\n```")).toBe("`\\(x\\)` and ```\n\\[y\\]\n```");
  });
});
