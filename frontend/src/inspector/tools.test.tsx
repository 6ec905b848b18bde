import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { TooltipProvider } from "../ui/Tooltip";
import { answerFor } from "./fixture-server";
import { toolsPage } from "./fixture-tools";
import Inspector from "./Inspector";

const section = (name: string) => within(screen.getByTestId(`inspector-section-${name}`));

beforeEach(async () => {
  Element.prototype.scrollIntoView = vi.fn();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => answerFor(toolsPage(), input));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Inspector traceId="t_tools" onClose={() => undefined} />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  await screen.findByTestId("inspector-section-timeline");
});

describe("a request with tools", () => {
  it("lists what was offered, what of it was called, and how the model was to choose", () => {
    const offered = within(screen.getByTestId("offered-tools"));
    const [weather, search] = offered.getAllByRole("listitem");
    expect(weather?.textContent).toContain("get_weather(city, days?)called 2 times");
    expect(weather?.textContent).toContain("Schema, 2 arguments");
    expect(search?.textContent).toContain("web_search");
    expect(search?.textContent).toContain("Definition, 1 field");
    expect(offered.getByText('"auto"')).toBeTruthy();
    expect(offered.getByText("not sent")).toBeTruthy();
    // Their definitions are part of what the model read.
    expect(section("request").getByText(/^tools/)).toBeTruthy();
  });

  it("leads from a call to its result and back, and tells of the ones that have no other end", async () => {
    const user = userEvent.setup();
    await user.click(screen.getByTestId("step-assembled"));
    const request = section("request");
    await user.click(request.getByRole("button", { name: "result: message 3" }));
    expect(document.activeElement?.textContent).toContain("picture, image/png");
    await user.click(request.getByRole("button", { name: "call: message 2" }));
    expect(document.activeElement?.textContent).toContain("call_b");
    expect(request.getByText("no result follows")).toBeTruthy();
    expect(request.getByText("no call with this id before it")).toBeTruthy();
    expect(request.getByText(/^Long texts are shown/)).toBeTruthy();
  });
});

describe("a reply with a thought and calls", () => {
  it("shows each call read and as written, with what is wrong with it", () => {
    const calls = section("response").getAllByTestId("response-call");
    expect(calls.map((call) => call.textContent?.slice(0, 16))).toEqual([
      "tool call 1 of 3",
      "tool call 2 of 3",
      "tool call 3 of 3",
    ]);
    expect(calls[0]?.textContent).toContain("`city` is of type integer; the schema wants string.");
    expect(calls[0]?.textContent).toContain('{"city":7,"days":2}');
    expect(calls[1]?.textContent).toContain("The arguments are not JSON.");
    expect(calls[2]?.textContent).toContain("No tool of this name was offered.");
    expect(section("response").getByText("Not that one.")).toBeTruthy();
  });

  it("says how long a thought and its seal are, and that one is kept sealed", () => {
    expect(screen.getByTestId("response-thought").querySelector("summary")?.textContent).toBe(
      "Reasoning, 20 characters · thinking · seal of 1,024 characters",
    );
    expect(section("response").getByText(/keeps to itself: seal of 96 characters/)).toBeTruthy();
  });

  it("marks thoughts and arguments among the frames as the timeline does", () => {
    const cells = section("stream")
      .getAllByRole("row")
      .slice(1)
      .map((row) => row.querySelector("td.kinds"));
    expect(cells.map((cell) => cell?.textContent)).toEqual([
      "startedreasoning",
      "tool call",
      "finishedusagedone",
    ]);
    expect(cells.map((cell) => cell?.querySelector("i")?.dataset.s)).toEqual(["4", "3", undefined]);
  });
});
