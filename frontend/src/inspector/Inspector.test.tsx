import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { describe, expect, it, vi } from "vitest";
import type { TracePage } from "../api/types";
import i18n from "../i18n";
import { TooltipProvider } from "../ui/Tooltip";
import { answerFor } from "./fixture-server";
import { stream } from "./fixture-values";
import { failedPage, fallbackPage, goodPage, livePage } from "./fixtures";
import Inspector from "./Inspector";

function around(children: ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return (
    <QueryClientProvider client={client}>
      <TooltipProvider>{children}</TooltipProvider>
    </QueryClientProvider>
  );
}

/** Answers `/api/traces/…` with a page, and what hangs from it with what the server would say. */
async function open(page: TracePage) {
  const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => answerFor(page, input));
  render(around(<Inspector traceId={page.trace.id} onClose={() => undefined} />));
  await screen.findByTestId("inspector-section-timeline");
  return fetched;
}

const section = (name: string) => within(screen.getByTestId(`inspector-section-${name}`));

describe("a settled trace", () => {
  it("shows what became of every parameter, losses first, with the line that decided", async () => {
    await open(goodPage());
    const rows = screen.getAllByTestId("decision-row");
    expect(rows.map((row) => row.dataset.decision)).toEqual([
      "dropped",
      "dropped",
      "no_effect",
      "renamed",
      "added",
      "defaulted",
      "kept",
      "kept",
    ]);
    expect(rows[0]?.textContent).toContain("librechat.yaml:41");
    expect(rows[0]?.textContent).toContain("not sent");
    expect(rows[3]?.textContent).toContain("Sent as max_tokens");
    expect(section("parameters").getByText("8 decided, 3 lost")).toBeTruthy();
  });

  it("walks from what was asked by what was assembled to the wire", async () => {
    const user = userEvent.setup();
    await open(goodPage());
    expect(section("request").getByText("…4e1c").className).toContain("insp-mask");
    expect(section("request").getByText('"deepseek/deepseek-chat"')).toBeTruthy();
    await user.click(screen.getByTestId("step-assembled"));
    // The direction override of a hostile message is shown, not obeyed.
    expect(section("request").getByText("U+202E")).toBeTruthy();
    await user.click(screen.getByTestId("step-asked"));
    expect(section("request").getByText("POST /api/chat/send")).toBeTruthy();
    await user.click(section("request").getByRole("button", { name: "Raw" }));
    expect(section("request").getByText(/"maxTokens":2048/)).toBeTruthy();
  });

  it("explains the end, the sum and its source", async () => {
    await open(goodPage());
    expect(section("response").getByText(/ended its answer itself/)).toBeTruthy();
    expect(section("response").getByText("73 of 500 requests left, resets in 11.0 s")).toBeTruthy();
    const formula = within(section("cost").getByTestId("formula"));
    expect(formula.getAllByRole("row").map((row) => row.textContent)).toEqual([
      "in388×$0.28/ 1M =$0.00011",
      "in, cached896×$0.028/ 1M =$0.000025",
      "out331×$0.42/ 1M =$0.00014",
      "sum$0.00027",
    ]);
    expect(section("cost").getByText(/2 Nov 2026/)).toBeTruthy();
    expect(section("diagnosis").getByText(/nothing failed/)).toBeTruthy();
    expect(await section("lineage").findByText(/No relatives/)).toBeTruthy();
  });

  it("has a table twin of the core", async () => {
    const user = userEvent.setup();
    await open(goodPage());
    await user.click(section("timeline").getByRole("button", { name: "As a table" }));
    expect(section("timeline").getByRole("cell", { name: "waiting" })).toBeTruthy();
    expect(section("timeline").getByRole("cell", { name: "stall" })).toBeTruthy();
  });

  it("draws of ten thousand frames only those in view, finds one, and shows it whole", async () => {
    const user = userEvent.setup();
    const page = goodPage();
    const frames = stream(10_000, 0.42);
    const records = page.records.map((record) =>
      record.type === "attempt" ? { ...record, frames } : record,
    );
    await open({ ...page, records });
    const rows = () => section("stream").getAllByTestId("stream-row");
    expect(rows().length).toBeLessThan(60);
    expect(section("stream").getByRole("table").getAttribute("aria-rowcount")).toBe(
      String(frames.length + 1),
    );
    await user.type(section("stream").getByRole("searchbox"), "DONE");
    expect(rows().length).toBe(1);
    await user.clear(section("stream").getByRole("searchbox"));
    await user.click(section("stream").getByRole("button", { name: /^usage/ }));
    expect(rows().length).toBe(1);
    expect(rows()[0]?.textContent).toContain("usage arrives here:");
    await user.click(within(rows()[0] as HTMLElement).getByRole("button"));
    expect(section("stream").getByTestId("stream-detail").textContent).toContain("prompt_tokens");
    // The frame that is looked at is the moment that the timeline shows.
    expect(section("timeline").getByTestId("moment")).toBeTruthy();
  });

  it("is copied as a curl command that holds no key", async () => {
    const user = userEvent.setup();
    const fetched = await open(goodPage());
    await user.click(screen.getByTestId("copy-as"));
    await user.click(await screen.findByTestId("copy-curl"));
    await waitFor(async () => expect(await navigator.clipboard.readText()).toContain("$API_KEY"));
    const asked = fetched.mock.calls.map(([path]) => String(path));
    expect(asked).toContain("/api/traces/t_8k2f0c/export?as=curl&attempt=1");
  });

  it("shows the answer as it was where the scrubber stands, moved by keys from frame to frame", async () => {
    const user = userEvent.setup();
    await open(goodPage());
    const scrubber = screen.getByRole("slider");
    scrubber.focus();
    await user.keyboard("{End}{ArrowLeft}");
    expect(scrubber.getAttribute("aria-valuetext")).toContain("event 331 of 332");
    expect(scrubber.getAttribute("aria-valuetext")).toContain("usage");
    const answer = () => screen.getByTestId("moment-answer").textContent ?? "";
    const whole = answer();
    expect(whole).toContain("If the server names a delay");
    await user.keyboard("{Home}{ArrowRight}{ArrowRight}{ArrowRight}");
    expect(answer().length).toBeLessThan(whole.length);
    expect(whole.startsWith(answer().trim())).toBe(true);
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("moment")).toBeNull();
  });

  it("moves between its sections by digits and brackets, but not while something is written", async () => {
    const user = userEvent.setup();
    await open(goodPage());
    const chosen = () => screen.getByRole("navigation").querySelector("[aria-current]")?.textContent;
    await user.keyboard("4");
    expect(chosen()).toBe("Stream");
    await user.keyboard("]]");
    expect(chosen()).toBe("Cost");
    await user.type(section("stream").getByRole("searchbox"), "1");
    expect(chosen()).toBe("Cost");
  });
});

describe("other traces", () => {
  it("a refusal is diagnosed: code, evidence, causes in order, fix, and the body as it came", async () => {
    await open(failedPage());
    const diagnosis = section("diagnosis");
    expect(diagnosis.getByText("extra_forbidden")).toBeTruthy();
    expect(diagnosis.getByText('"type":"extra_forbidden","loc":["body","seed"]')).toBeTruthy();
    expect(diagnosis.getAllByRole("listitem")[0]?.textContent).toContain("random_seed");
    expect(diagnosis.getByText('"Extra inputs are not permitted"')).toBeTruthy();
    expect(section("cost").getByText(/^Price unknown:/)).toBeTruthy();
    expect(screen.getAllByText("422").length).toBeGreaterThan(0);
  });

  it("a live one says so, guesses with ≈ and is asked for again", async () => {
    const fetched = await open(livePage());
    expect(screen.getByText("streaming")).toBeTruthy();
    expect(screen.getByText("≈ 117")).toBeTruthy();
    expect(section("response").getByText(/still being written/)).toBeTruthy();
    await waitFor(() => expect(fetched.mock.calls.length).toBeGreaterThan(1), { timeout: 2000 });
  });

  it("a fallback shows both attempts; the sections follow the chosen one", async () => {
    const user = userEvent.setup();
    await open(fallbackPage());
    expect(section("stream").getByText(/Another 120 B came/)).toBeTruthy();
    expect(section("timeline").getByText(/no more than 5 s are waited/)).toBeTruthy();
    expect(section("timeline").getByText(/waited 20 ms before it/)).toBeTruthy();
    await user.click(section("timeline").getByRole("button", { name: /groq/ }));
    expect(section("response").getByText(/wait 31 s/)).toBeTruthy();
    expect(section("request").getByText(/api.groq.com/)).toBeTruthy();
    // How the turn ended belongs to the attempt that answered, not to this one.
    expect(section("response").queryByText(/cut off/)).toBeNull();
    await user.click(section("timeline").getByRole("button", { name: /openrouter/ }));
    expect(section("response").getByText(/cut off/)).toBeTruthy();
  });

  it("one that is gone is told as a problem", async () => {
    const problem = { code: "not_found", message: "There is no trace t_x.", blame: "caller", status: 404 };
    vi.spyOn(globalThis, "fetch").mockResolvedValue(
      new Response(JSON.stringify({ error: problem }), { status: 404 }),
    );
    render(around(<Inspector traceId="t_x" onClose={() => undefined} />));
    expect(await screen.findByText("There is no trace t_x.")).toBeTruthy();
  });
});

describe("both languages", () => {
  const paths = (value: unknown, path = ""): string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => paths(inner, `${path}.${key}`))
      : [path.replace(/_(one|many|other)$/, "")];

  it.each(["inspector", "traces", "endpoints"])("say everything in %s", (namespace) => {
    const [en, es] = ["en", "es"].map((language) =>
      [...new Set(paths(i18n.getResourceBundle(language, namespace)))].sort(),
    );
    expect(en?.length).toBeGreaterThan(20);
    expect(es).toEqual(en);
  });
});
