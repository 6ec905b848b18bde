import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Call, Chip, Message } from "../../../api/types";
import { aMessage } from "../../../core/samples";
import { TooltipProvider } from "../../../ui/Tooltip";
import { Reasoning } from "./Reasoning";
import { ToolCalls } from "./ToolCalls";

const message = (more: Partial<Message>) => aMessage("a1", "q1", { text: "", ...more });
const chip = (more: Partial<Chip>) =>
  ({ reasoning_tokens: null, thought: null, thought_field: null, ...more }) as Chip;
const call = (text: string, more: Partial<Call> = {}): Call => ({
  index: 0,
  id: "call_1",
  name: "get_weather",
  arguments: text,
  ...more,
});

describe("what a model thought", () => {
  const thinking = message({ state: "streaming", reasoning: "First, ", thinking_since: Date.now() / 1000 });
  const answering = { ...thinking, reasoning: "First, add.", text: "391" };
  const button = () => screen.getByRole("button");

  it("is open while it comes and closed when the answer begins", () => {
    const { rerender } = render(<Reasoning message={thinking} />);
    expect(button().getAttribute("aria-expanded")).toBe("true");
    expect(button().textContent).toContain("Thinking");
    expect(screen.getByText(/First/)).toBeTruthy();
    rerender(<Reasoning message={answering} />);
    expect(button().getAttribute("aria-expanded")).toBe("false");
    expect(screen.queryByText(/First/)).toBeNull();
  });

  it("stays as its reader wants it, and the button keeps the focus", async () => {
    const user = userEvent.setup();
    const { rerender } = render(<Reasoning message={thinking} />);
    await user.click(button());
    await user.click(button());
    rerender(<Reasoning message={answering} />);
    expect(button().getAttribute("aria-expanded")).toBe("true");
    expect(document.activeElement).toBe(button());
    expect(document.getElementById(button().getAttribute("aria-controls") ?? "")?.textContent).toContain(
      "add.",
    );
  });

  it("says how long it took and what it cost in tokens", () => {
    render(
      <Reasoning
        message={message({ reasoning: "Add.", chip: chip({ thought: 3.2, reasoning_tokens: 1204 }) })}
      />,
    );
    expect(button().textContent).toBe("Thought for 3.20 s1,204 tok");
  });

  it("is called a summary where it is one, whose time is not the thought's", () => {
    const summed = chip({ thought: 0.1, thought_field: "summary" });
    render(<Reasoning message={message({ reasoning: "Add.", chip: summed })} />);
    expect(button().textContent).toBe("Summary of what it thought");
  });

  it("is told of where the provider keeps it", () => {
    const { rerender, container } = render(<Reasoning message={message({ sealed: true })} />);
    expect(container.textContent).toBe("It thought; its provider keeps the thought sealed");
    rerender(<Reasoning message={message({ chip: chip({ reasoning_tokens: 64 }) })} />);
    expect(container.textContent).toBe("It thought; its provider does not show what64 tok");
    rerender(<Reasoning message={message({ chip: chip({}) })} />);
    expect(container.textContent).toBe("");
  });
});

describe("tools that are asked for", () => {
  const draw = (more: Partial<Message>) =>
    render(<ToolCalls message={message(more)} />, { wrapper: TooltipProvider });
  const cards = () => screen.getAllByTestId("tool-call");

  it("stand in order, each with its arguments laid out, and were not run", () => {
    draw({ calls: [call('{"city":"Paris"}'), call("{}", { index: 1, id: "call_2", name: "now" })] });
    expect(cards().map((card) => within(card).getByText(/get_weather|now/).textContent)).toEqual([
      "get_weather",
      "now",
    ]);
    expect(cards()[0]?.querySelector("pre")?.textContent).toBe('{\n  "city": "Paris"\n}');
    expect(cards()[1]?.textContent).toContain("No arguments.");
    expect(screen.getAllByText("not run")).toHaveLength(2);
    expect(screen.getByText(/runs no tools: these calls were not carried out/)).toBeTruthy();
  });

  it("show their arguments as far as they have come, the last as being written", () => {
    draw({
      state: "streaming",
      calls: [call('{"city":"Paris"}'), call('{"city":"To', { index: 1, id: "call_2" })],
    });
    expect(cards().map((card) => card.dataset.live)).toEqual(["false", "true"]);
    expect(cards()[1]?.querySelector("pre")?.textContent).toBe('{\n  "city": "To');
    expect(screen.queryByText(/runs no tools/)).toBeNull();
    expect(screen.queryByText("not JSON")).toBeNull();
  });

  it("say that arguments are no JSON, and show hidden characters by their code", () => {
    draw({ calls: [call('{"city":"Pa\u202eris"')] });
    expect(screen.getByText("not JSON")).toBeTruthy();
    expect(screen.getByText("U+202E")).toBeTruthy();
  });

  it("fold when they are long", async () => {
    const user = userEvent.setup();
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`key_${at}`, at]));
    draw({ calls: [call(JSON.stringify(many))] });
    const more = screen.getByRole("button", { name: "Show all 42 lines" });
    expect(more.getAttribute("aria-expanded")).toBe("false");
    expect(cards()[0]?.textContent).not.toContain("key_39");
    await user.click(more);
    expect(more.getAttribute("aria-expanded")).toBe("true");
    expect(cards()[0]?.textContent).toContain("key_39");
  });
});
