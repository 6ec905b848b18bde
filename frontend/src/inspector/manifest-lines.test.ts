import { describe, expect, it } from "vitest";
import { blockAround, linkOf } from "./manifest-lines";
import { priceSource } from "./terms";

const TEXT =
  'name = "x"\n\n[[quirks]]\nuse = "drop"\nname = "seed"\nseen = "2026-11"\nsource = "docs.x.com/a"\n\n[[quirks]]\nuse = "rename"';

describe("a place in a manifest", () => {
  it("is shown with the block around it and its source", () => {
    const block = blockAround(TEXT, 5);
    expect(block.lines.map((line) => line.number)).toEqual([3, 4, 5, 6, 7]);
    expect(block.facts).toEqual({ seen: "2026-11", source: "docs.x.com/a" });
    expect(blockAround(TEXT, 99).lines.at(-1)?.text).toBe('use = "rename"');
  });
  it("leads to its source only where that is an address", () => {
    expect(linkOf("docs.x.com/a")).toBe("https://docs.x.com/a");
    expect([linkOf("an older page of docs.x.com"), linkOf("javascript:alert(1)"), linkOf(undefined)]).toEqual(
      [null, null, null],
    );
  });
});

describe("a price's source", () => {
  it("is a list with its version, a line, or words", () => {
    expect(priceSource("genai-prices 0.0.40, deepseek/deepseek-chat")).toEqual({
      kind: "list",
      name: "genai-prices",
      version: "0.0.40",
      entry: "deepseek/deepseek-chat",
    });
    expect(priceSource("librechat.yaml:33")).toEqual({
      kind: "file",
      because: { source: "librechat.yaml", line: 33 },
    });
    expect(priceSource("practice costs nothing").kind).toBe("words");
  });
});
