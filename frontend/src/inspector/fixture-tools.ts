/** A trace of a program's request with tools: a history with calls, a reply with a thought and calls. */

import type { TracePage } from "../api/types";
import { body, START } from "./fixture-values";
import { attempt, settled, trace } from "./fixtures";
import type { AnyRecord, Message } from "./records";

const times = { started: START, ended: START };

const TOOLS = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "The weather in a city.",
      parameters: {
        type: "object",
        properties: { city: { type: "string" }, days: { type: "integer" } },
        required: ["city"],
      },
    },
  },
  { type: "web_search" },
];

const HISTORY: Message[] = [
  { role: "user", parts: [{ type: "text", text: "Weather in Paris and Tokyo?" }] },
  {
    role: "assistant",
    parts: [
      { type: "tool_call", id: "call_a", name: "get_weather", arguments: '{"city":"Paris"}' },
      { type: "tool_call", id: "call_b", name: "get_weather", arguments: '{"city":"To…' },
    ],
  },
  {
    role: "tool",
    call_id: "call_a",
    parts: [
      { type: "text", text: "21" },
      { type: "image", url: "data:image/png;base64,iVBORw0KGgo…" },
    ],
  },
  { role: "tool", call_id: "call_x", parts: [{ type: "text", text: "lost" }] },
];

const ANSWER: Message = {
  role: "assistant",
  parts: [
    { type: "reasoning", text: "Two cities are left.", signature: "s".repeat(1024) },
    { type: "reasoning", text: "", signature: "s".repeat(96) },
    { type: "refusal", text: "Not that one." },
    { type: "tool_call", id: "call_c", name: "get_weather", arguments: '{"city":7,"days":2}' },
    { type: "tool_call", id: "call_d", name: "get_weather", arguments: '{"city":"Ro' },
    { type: "tool_call", id: "call_e", name: "drop_table", arguments: '{"table":"users"}' },
  ],
};

const frame = (at: number, kind: string) => ({ at, text: `data: ${kind}\n\n`, size: 20, kind });

export function toolsPage(): TracePage {
  const asked = { model: "m", messages: [], tools: TOOLS, tool_choice: "auto" };
  const records: AnyRecord[] = [
    {
      type: "assembled",
      ...times,
      messages: HISTORY.map((message) => ({ message, origin: "request", tokens: 10 })),
      tokenizer: "bytes ÷ 4, estimate",
    },
    attempt({
      request_body: body(asked),
      frames: [frame(0.5, "started reasoning"), frame(0.6, "tool_call"), frame(0.7, "finished usage done")],
    }),
    settled({ message: ANSWER, finish_reason: "tool_calls", thought_field: "thinking" }),
  ];
  return { trace: trace({ id: "t_tools" }), records } as unknown as TracePage;
}
