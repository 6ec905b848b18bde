import { describe, expect, it } from "vitest";
import type { Frame } from "../records";
import { wireEvents } from "./events";
import { foldFrames } from "./fold";
import { answerAt } from "./said";

const framesOf = (texts: string[]): Frame[] =>
  texts.map((text, at) => ({ at: at / 10, text, size: text.length, kind: "" }));
const data = (value: unknown, event = "") =>
  `${event ? `event: ${event}\n` : ""}data: ${JSON.stringify(value)}\n\n`;

const chunk = (delta: unknown, finish: string | null = null, index = 0) =>
  data({ object: "chat.completion.chunk", choices: [{ index, delta, finish_reason: finish }] });
const call = (piece: Record<string, unknown>) => chunk({ tool_calls: [piece] });

const CHAT = [
  chunk({ role: "assistant", content: "" }),
  chunk({ reasoning_content: "Hm" }),
  chunk({ reasoning_content: "m." }),
  ": keep-alive\n\n",
  chunk({ content: "Ye" }),
  chunk({ content: "s." }),
  call({ index: 0, id: "a", function: { name: "add", arguments: '{"a"' } }),
  call({ index: 0, function: { arguments: ":1}" } }),
  // Numbered 0 as well, yet another call.
  call({ index: 0, id: "b", function: { name: "sub", arguments: "{}" } }),
  chunk({}, "tool_calls"),
  data({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 4 } }),
  "data: [DONE]\n\n",
];

const ANTHROPIC = [
  data(
    { type: "message_start", message: { usage: { input_tokens: 5, cache_read_input_tokens: 3 } } },
    "message_start",
  ),
  data({ type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } }),
  data({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hmm." } }),
  data({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } }),
  data({ type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Yes." } }),
  data({
    type: "content_block_start",
    index: 2,
    content_block: { type: "tool_use", id: "t", name: "add", input: {} },
  }),
  data({
    type: "content_block_delta",
    index: 2,
    delta: { type: "input_json_delta", partial_json: '{"a":1}' },
  }),
  data({ type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 7 } }),
  data({ type: "message_stop" }),
];

const RESPONSES = [
  data({ type: "response.created", response: {} }),
  data({ type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 0, delta: "Hmm." }),
  data({ type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "Yes" }),
  data({ type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "." }),
  data({ type: "response.output_text.done", output_index: 1, content_index: 0, text: "Yes." }),
  data({
    type: "response.output_item.added",
    output_index: 2,
    item: { type: "function_call", name: "add", arguments: "" },
  }),
  data({ type: "response.function_call_arguments.delta", output_index: 2, delta: '{"a":1}' }),
  data({ type: "response.function_call_arguments.done", output_index: 2, arguments: '{"a":1}' }),
  data({
    type: "response.completed",
    response: { status: "completed", output: [], usage: { input_tokens: 8, output_tokens: 7 } },
  }),
];

const SSE = "text/event-stream";
const whole = (protocol: string, texts: string[]) => {
  const frames = framesOf(texts);
  return answerAt(foldFrames({ protocol, frames, type: SSE }), frames.length - 1);
};

describe("the fold of a stream", () => {
  it("reads chat completions, badly numbered calls too", () => {
    expect(whole("openai_chat", CHAT)).toEqual({
      reasoning: "Hmm.",
      text: "Yes.",
      refusal: "",
      calls: [
        { name: "add", arguments: '{"a":1}' },
        { name: "sub", arguments: "{}" },
      ],
      finish: "tool_calls",
      counts: { input: 9, output: 4, cached: null, reasoning: null },
    });
  });
  it("reads messages, whose counts come in two places", () => {
    expect(whole("anthropic_messages", ANTHROPIC)).toMatchObject({
      reasoning: "Hmm.",
      text: "Yes.",
      calls: [{ name: "add", arguments: '{"a":1}' }],
      finish: "tool_use",
      counts: { input: 8, output: 7, cached: 3 },
    });
  });
  it("reads responses, which tell everything twice", () => {
    expect(whole("openai_responses", RESPONSES)).toMatchObject({
      reasoning: "Hmm.",
      text: "Yes.",
      calls: [{ name: "add", arguments: '{"a":1}' }],
      finish: "completed",
      counts: { input: 8, output: 7 },
    });
  });
  it.each([
    ["openai_chat", CHAT],
    ["anthropic_messages", ANTHROPIC],
    ["openai_responses", RESPONSES],
  ])("is the same however %s is cut", (protocol, texts) => {
    const all = (texts as string[]).join("");
    const wanted = whole(protocol as string, texts as string[]);
    for (const size of [1, 7, 64, all.length]) {
      const cut = all.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
      expect(whole(protocol as string, cut)).toEqual(wanted);
    }
  });
  it("shows the answer as it was at each frame", () => {
    const fold = foldFrames({ protocol: "openai_chat", frames: framesOf(CHAT), type: SSE });
    const at = (frame: number) => answerAt(fold, frame);
    expect(at(-1)).toMatchObject({ text: "", reasoning: "", calls: [], finish: null });
    expect(at(1).reasoning).toBe("Hm");
    expect(at(4)).toMatchObject({ reasoning: "Hmm.", text: "Ye" });
    expect(at(6).calls).toEqual([{ name: "add", arguments: '{"a"' }]);
    expect(at(8).finish).toBeNull();
    expect([...fold.counts.keys()]).toEqual([10]);
  });
  it("keeps several answers apart", () => {
    const frames = framesOf([chunk({ content: "a" }, null, 0), chunk({ content: "b" }, null, 1)]);
    const fold = foldFrames({ protocol: "openai_chat", frames, type: SSE });
    expect([fold.choices, answerAt(fold, 9, 0).text, answerAt(fold, 9, 1).text]).toEqual([2, "a", "b"]);
  });
  it("marks what it cannot read and goes on", () => {
    const frames = framesOf([chunk({ content: "a" }), "data: {oops\n\n", chunk({ content: "b" })]);
    const fold = foldFrames({ protocol: "openai_chat", frames, type: SSE });
    expect([...fold.malformed]).toEqual([1]);
    expect(answerAt(fold, 2).text).toBe("ab");
  });
});

describe("the fold of a document", () => {
  it.each([
    [
      "openai_chat",
      { choices: [{ message: { content: "Yes.", reasoning: "Hmm." }, finish_reason: "stop" }] },
    ],
    [
      "anthropic_messages",
      {
        type: "message",
        stop_reason: "stop",
        content: [
          { type: "thinking", thinking: "Hmm." },
          { type: "text", text: "Yes." },
        ],
      },
    ],
    [
      "openai_responses",
      {
        object: "response",
        status: "stop",
        output: [
          { type: "reasoning", summary: [{ text: "Hmm." }] },
          { type: "message", content: [{ type: "output_text", text: "Yes." }] },
        ],
      },
    ],
  ])("is all there with the last frame: %s", (protocol, reply) => {
    const text = JSON.stringify(reply, null, 1);
    const frames = framesOf([text.slice(0, 20), text.slice(20)]);
    const fold = foldFrames({ protocol, frames, type: "application/json" });
    expect(answerAt(fold, 0).text).toBe("");
    expect(answerAt(fold, 1)).toMatchObject({ text: "Yes.", reasoning: "Hmm.", finish: "stop" });
  });
  it("of an unknown protocol, or of nothing, says nothing", () => {
    expect(foldFrames({ protocol: "x", frames: framesOf(CHAT) }).pieces).toEqual([]);
    expect(foldFrames({ protocol: "openai_chat", frames: [] }).pieces).toEqual([]);
  });
});

describe("events", () => {
  it("take every line end, data of several lines, and an end without a blank line", () => {
    const frames = framesOf(["\ufeffevent: a\r", "\ndata: 1\r\ndata: 2\r\rid: 7\ndata:3"]);
    expect(wireEvents(frames, true)).toEqual([
      { frame: 1, name: "a", data: "1\n2" },
      { frame: 1, name: "", data: "3" },
    ]);
  });
});
