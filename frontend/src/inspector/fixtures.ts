/** Traces as the server would send them, for tests: a good one, a live one, a refusal, a fallback. */

import type { Trace, TracePage } from "../api/types";
import { ASKED, body, DECISIONS, MESSAGES, REFUSAL, SENT, START, stream, toWire } from "./fixture-values";
import type { AnyRecord, Attempt, Settled, SourcedMessage, Translated } from "./records";

const times = (from: number, seconds: number) => ({
  started: START + from,
  ended: START + from + seconds,
  error: null,
});

function before(model: string, endpoint: string): AnyRecord[] {
  return [
    {
      type: "received",
      ...times(0, 0.0002),
      caller: "chat",
      protocol: "openai_chat",
      method: "POST",
      path: "/api/chat/send",
      headers: [
        ["content-type", "application/json"],
        ["cookie", "…"],
      ],
      body: body(ASKED),
      key: null,
    },
    { type: "admitted", stage: "admit", ...times(0.0002, 0.0004), owner_id: 1, by: "session" },
    {
      type: "assembled",
      stage: "assemble",
      ...times(0.0006, 0.0011),
      messages: MESSAGES,
      tokenizer: "cl100k_base",
    },
    {
      type: "routed",
      stage: "route",
      ...times(0.0017, 0.0001),
      candidates: [{ endpoint, model, kept: true, reason: "asked for by name" }],
      endpoint,
      model,
    },
  ];
}

function translated(
  sent: unknown = SENT,
  decisions = DECISIONS,
  url = "https://api.deepseek.com/v1/chat/completions",
): Translated {
  return {
    type: "translated",
    stage: "translate",
    ...times(0.0018, 0.0003),
    protocol: "openai_chat",
    decisions,
    method: "POST",
    url,
    headers: [
      ["authorization", "Bearer …4e1c"],
      ["content-type", "application/json"],
      ["accept", "text/event-stream"],
    ],
    body: body(sent),
  };
}

export function attempt(change: Partial<Attempt> = {}): Attempt {
  return {
    type: "attempt",
    stage: "send",
    ...times(0.0022, 7.16),
    number: 1,
    endpoint: "deepseek",
    model: "deepseek-chat",
    method: "POST",
    url: "https://api.deepseek.com/v1/chat/completions",
    address: "104.18.26.90:443",
    request_headers: [
      ["authorization", "Bearer …4e1c"],
      ["content-type", "application/json"],
      ["accept", "text/event-stream"],
      ["user-agent", "filon/0.1"],
    ],
    request_body: body(SENT),
    status: 200,
    reply_headers: [
      ["content-type", "text/event-stream; charset=utf-8"],
      ["x-ratelimit-limit-requests", "500"],
      ["x-ratelimit-remaining-requests", "73"],
      ["x-ratelimit-reset-requests", "11s"],
      ["server", "elb"],
    ],
    frames: stream(328, 0.42, 1.34),
    frames_cut: 0,
    timing: {
      dns: 0.012,
      connect: 0.049,
      sent: 0.062,
      first_byte: 0.39,
      first_output: 0.42,
      ended: 7.16,
      reused: false,
    },
    findings: [],
    retry_after: null,
    ...change,
  };
}

export function settled(change: Partial<Settled> = {}): Settled {
  return {
    type: "settled",
    stage: "settle",
    ...times(7.162, 0.0019),
    outcome: "complete",
    usage: { input_tokens: 1284, output_tokens: 331, cached_tokens: 896, reasoning_tokens: null },
    estimated: { input_tokens: 1271, output_tokens: 327 },
    cost: {
      kind: "priced",
      usd: 0.000271,
      input_usd_per_mtok: 0.28,
      cached_usd_per_mtok: 0.028,
      output_usd_per_mtok: 0.42,
      arithmetic: "388 × 0.28/M + 896 × 0.028/M + 331 × 0.42/M",
      source: "deepseek.toml, 2 Nov 2026",
    },
    finish_reason: "stop",
    ttft: 0.42,
    rate: 49.1,
    message: {
      role: "assistant",
      parts: [
        {
          type: "text",
          text: "Two rules carry the whole thing. If the server names a delay, obey it exactly.",
        },
      ],
    },
    message_id: "m1",
    conversation_id: "c1",
    ...change,
  };
}

export function trace(change: Partial<Trace> = {}): Trace {
  return {
    id: "t_8k2f0c",
    started_at: START,
    caller: "chat",
    model: "deepseek/deepseek-chat",
    endpoint: "deepseek",
    status: 200,
    outcome: "complete",
    attempts: 1,
    input_tokens: 1284,
    output_tokens: 331,
    estimated: false,
    cost_kind: "priced",
    cost_usd: 0.000271,
    ttft: 0.42,
    total: 7.16,
    mark: "2 lost",
    conversation_id: "c1",
    message_id: "m1",
    model_answered: "deepseek-chat",
    reasoning_tokens: null,
    cached_tokens: 896,
    rate: 49.1,
    findings: [],
    dropped: ["frequency_penalty", "user"],
    changed: ["maxTokens"],
    tags: [],
    key_id: null,
    replay_of: null,
    timing: {
      connect: 0.061,
      sent: 0.062,
      first_byte: 0.39,
      first_output: 0.42,
      ended: 7.16,
    },
    ...change,
  };
}

const page = (head: Trace, records: AnyRecord[]): TracePage =>
  ({ trace: head, records }) as unknown as TracePage;

const RECALLED: AnyRecord = {
  type: "recalled",
  stage: "recall",
  ...times(0.0021, 0),
  hit: false,
  reason: "off for chat",
};

export function goodPage(): TracePage {
  return page(trace(), [
    ...before("deepseek-chat", "deepseek"),
    translated(),
    RECALLED,
    attempt(),
    settled(),
  ]);
}

/** The same turn at `now` seconds: nothing settled yet, some frames come. */
export function livePage(now = 4, started = START): TracePage {
  const running = attempt({
    ended: 0,
    frames: stream(328, 0.42, 1.34).filter((frame) => frame.at <= now),
    timing: {
      connect: 0.061,
      sent: 0.062,
      first_byte: 0.39,
      first_output: now > 0.42 ? 0.42 : null,
    },
  });
  const head = trace({
    id: "t_live",
    outcome: "live",
    total: null,
    status: null,
    output_tokens: 117,
    estimated: true,
    cost_usd: 0.00018,
    started_at: started,
  });
  return page(head, [...before("deepseek-chat", "deepseek"), translated(), running]);
}

export function failedPage(): TracePage {
  const asked = {
    model: "mistral-small-2603",
    messages: [toWire(MESSAGES[3] as SourcedMessage)],
    temperature: 0.7,
    seed: 7,
    stream: true,
  };
  const url = "https://llm.corp.example/mistral/v1/chat/completions";
  const failed = attempt({
    ended: START + 0.212,
    endpoint: "mistral-eu",
    model: "mistral-small-2603",
    url,
    address: "10.2.0.8:443",
    request_body: body(asked),
    status: 422,
    reply_headers: [
      ["content-type", "application/json"],
      ["server", "envoy"],
    ],
    frames: [{ at: 0.21, text: REFUSAL, size: REFUSAL.length, kind: "" }],
    timing: { dns: 0.01, connect: 0.03, tls: 0.06, sent: 0.062, first_byte: 0.208, ended: 0.212 },
    findings: [
      {
        code: "extra_forbidden",
        title: "Mistral refused the field `seed`",
        evidence: '"type":"extra_forbidden","loc":["body","seed"]',
        causes: [
          "Mistral calls it `random_seed` and refuses names it does not know.",
          "A proxy in front of Mistral validates the body before Mistral sees it.",
        ],
        fix: "Rename seed to random_seed, or add it to dropParams in librechat.yaml:54.",
      },
    ],
  });
  const problem = {
    code: "provider_refused",
    message: "mistral-eu answered 422 to POST /v1/chat/completions",
    blame: "provider",
    status: 422,
    fix: "Rename seed to random_seed, or drop it.",
    param: "seed",
    provider_status: 422,
    provider_body: REFUSAL,
  };
  const head = trace({
    id: "t_8k2d9a",
    model: "mistral-eu/mistral-small-2603",
    endpoint: "mistral-eu",
    status: 422,
    outcome: "failed",
    input_tokens: null,
    output_tokens: null,
    cost_kind: "unknown",
    cost_usd: null,
    ttft: null,
    total: 0.21,
    mark: "extra_forbidden",
    timing: { connect: 0.06, sent: 0.062, first_byte: 0.208, ended: 0.212 },
  });
  const end = settled({
    ...times(0.2142, 0.0019),
    outcome: "failed",
    usage: null,
    estimated: null,
    finish_reason: null,
    ttft: null,
    rate: null,
    message: null,
    cost: { kind: "unknown", why: "the provider refused, so nothing was counted" },
    error: problem,
  });
  return page(head, [
    ...before("mistral-small-2603", "mistral-eu"),
    translated(
      asked,
      DECISIONS.filter((d) => d.name === "temperature" || d.name === "stream").concat({
        name: "seed",
        decision: "kept",
        wanted: 7,
        sent: 7,
        sent_as: "seed",
        because: { source: "preset", why: "Reproducible" },
      }),
      url,
    ),
    RECALLED,
    { ...failed, error: problem },
    end,
  ]);
}

/** Groq is over its limit, OpenRouter answers: two attempts in one turn. */
export function fallbackPage(): TracePage {
  const limit =
    '{"error":{"message":"Rate limit reached for model in organization on tokens per minute (TPM)","code":"rate_limit_exceeded"}}';
  const first = attempt({
    ...times(0.01, 0.28),
    number: 1,
    endpoint: "groq",
    model: "qwen3-coder",
    url: "https://api.groq.com/openai/v1/chat/completions",
    status: 429,
    frames: [{ at: 0.27, text: limit, size: limit.length, kind: "" }],
    timing: { sent: 0.05, first_byte: 0.26, ended: 0.28, reused: true },
    retry_after: 31,
    // biome-ignore lint/suspicious/noThenProperty: the record has it, and nobody waits for a record.
    then: "It asks to wait 31 s, and no more than 5 s are waited.",
    reply_headers: [
      ["retry-after", "31"],
      ["content-type", "application/json"],
    ],
    findings: [
      {
        code: "rate_limited",
        title: "Groq is over its limit of tokens per minute",
        evidence: "tokens per minute (TPM)",
        causes: ["Requests of the last minute used up the limit."],
        fix: "Wait 31 s, or let a second target answer.",
      },
    ],
  });
  const second = attempt({
    ...times(0.31, 4.03),
    number: 2,
    endpoint: "openrouter",
    model: "qwen3-coder",
    waited: 0.02,
    url: "https://openrouter.ai/api/v1/chat/completions",
    frames: stream(900, 0.94, 0, 300),
    frames_cut: 120,
    timing: {
      dns: 0.02,
      connect: 0.04,
      tls: 0.08,
      sent: 0.09,
      first_byte: 0.9,
      first_output: 0.94,
      ended: 24,
    },
  });
  const head = trace({
    id: "t_fall",
    model: "openrouter/qwen3-coder",
    endpoint: "openrouter",
    attempts: 2,
    mark: "fell back from groq",
    total: 24.31,
    ttft: 1.25,
  });
  return page(head, [
    ...before("qwen3-coder", "groq"),
    translated(),
    RECALLED,
    first,
    translated(),
    second,
    settled({
      cost: { kind: "unknown", why: "no price for this model" },
      usage: { input_tokens: 2018, output_tokens: 911, reasoning_tokens: 300, cached_tokens: 0 },
      finish_reason: "length",
      ttft: 1.25,
    }),
  ]);
}
