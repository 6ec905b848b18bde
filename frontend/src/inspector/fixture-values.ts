/** The values that the traces in `fixtures.ts` are made from. */

import type { Body, Decision, Frame, SourcedMessage } from "./records";

export const START = 1_779_287_500.118;

/** The same numbers at every run: a test must not depend on luck. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

export function body(value: unknown): Body {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return { text, size: new TextEncoder().encode(text).length, exact: true };
}

function chunk(delta: Record<string, unknown>, finish: string | null = null): string {
  const choice = { index: 0, delta, finish_reason: finish };
  return `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", model: "deepseek-chat", choices: [choice] })}\n\n`;
}

const WORDS =
  "If the server names a delay , obey it exactly . If it does not , draw one uniformly from zero to the cap .".split(
    " ",
  );

/** `many` frames from `first` on, with one pause of `stall` seconds in the middle. */
export function stream(many: number, first: number, stall = 0, reasoning = 0): Frame[] {
  const roll = dice(many);
  const frames: Frame[] = [];
  let at = first;
  const add = (text: string, kind: string) => {
    frames.push({ at: Number(at.toFixed(6)), text, size: text.length, kind });
    at += 0.004 * 10 ** (roll() * 1.1) + (roll() > 0.96 ? 0.08 : 0);
  };
  add(chunk({ role: "assistant", content: "" }), "started");
  for (let i = 0; i < many; i++) {
    if (stall && i === many >> 1) at += stall;
    const word = `${WORDS[i % WORDS.length]} `;
    if (i < reasoning) add(chunk({ reasoning_content: word }), "reasoning");
    else add(chunk({ content: word }), "text");
  }
  add(chunk({}, "stop"), "finished");
  add('data: {"choices":[],"usage":{"prompt_tokens":1284,"completion_tokens":331}}\n\n', "usage");
  add("data: [DONE]\n\n", "done");
  return frames;
}

export const MESSAGES: SourcedMessage[] = [
  {
    message: {
      role: "system",
      parts: [{ type: "text", text: "You are a terse engineer. Code first, then two sentences." }],
    },
    origin: "system",
    tokens: 212,
  },
  {
    message: {
      role: "user",
      parts: [
        {
          type: "text",
          text: "Forty workers get a 429 from Groq and back off exponentially. Why do they all hit it again at the same moment?",
        },
      ],
    },
    origin: "history",
    tokens: 318,
  },
  {
    message: {
      role: "assistant",
      parts: [
        {
          type: "text",
          text: "Because all your workers back off by the same amount, they come back together.",
        },
      ],
    },
    origin: "history",
    tokens: 640,
  },
  {
    message: {
      role: "user",
      parts: [
        {
          type: "text",
          text: "Write it: async Python, full jitter, and it must honour `retry-after`. No library. \u202eevil\u202c",
        },
      ],
    },
    origin: "this message",
    tokens: 114,
  },
];

export const toWire = ({ message }: SourcedMessage) => ({
  role: message.role,
  content: message.parts[0]?.text,
});

export const DECISIONS: Decision[] = [
  {
    name: "temperature",
    decision: "kept",
    wanted: 0.7,
    sent: 0.7,
    sent_as: "temperature",
    because: { source: "preset", why: "Terse" },
  },
  {
    name: "maxTokens",
    decision: "renamed",
    wanted: 2048,
    sent: 2048,
    sent_as: "max_tokens",
    because: { source: "deepseek.toml", line: 19, rule: "quirks[0]" },
    note: "DeepSeek reads it under this name.",
  },
  {
    name: "frequency_penalty",
    decision: "dropped",
    wanted: 0.2,
    because: { source: "librechat.yaml", line: 41, rule: "dropParams[0]" },
    note: "dropParams lists it. The answer was made without it.",
  },
  {
    name: "seed",
    decision: "no_effect",
    wanted: 7,
    sent: 7,
    sent_as: "seed",
    because: { source: "deepseek.toml", line: 31, why: "DeepSeek does not document it: answers may differ." },
  },
  {
    name: "top_p",
    decision: "defaulted",
    sent: 0.95,
    sent_as: "top_p",
    because: { source: "librechat.yaml", line: 39, rule: "paramDefinitions[0]" },
  },
  {
    name: "user",
    decision: "dropped",
    wanted: "u_3f",
    because: { source: "librechat.yaml", line: 41, rule: "dropParams[1]" },
  },
  {
    name: "stream",
    decision: "kept",
    wanted: true,
    sent: true,
    sent_as: "stream",
    because: { source: "you" },
  },
  {
    name: "stream_options",
    decision: "added",
    sent: { include_usage: true },
    sent_as: "stream_options",
    because: { source: "filon", why: "So that usage is reported." },
  },
];

export const ASKED = {
  model: "deepseek/deepseek-chat",
  messages: MESSAGES.slice(1).map(toWire),
  temperature: 0.7,
  maxTokens: 2048,
  frequency_penalty: 0.2,
  seed: 7,
  user: "u_3f",
  stream: true,
};

export const SENT = {
  model: "deepseek-chat",
  messages: MESSAGES.map(toWire),
  temperature: 0.7,
  max_tokens: 2048,
  top_p: 0.95,
  seed: 7,
  stream: true,
  stream_options: { include_usage: true },
};

export const REFUSAL =
  '{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted","input":7}]},"type":"invalid_request_error","param":null,"code":null}';
