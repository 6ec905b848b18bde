// What users of the Vercel AI SDK do, done with Filon, through each of its three doors.

import { readSync, writeSync } from 'node:fs';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';

globalThis.AI_SDK_LOG_WARNINGS = false;

const ADDRESS = process.env.FILON_ADDRESS;
const KEY = process.env.FILON_KEY;
// Of no machine at all (RFC 5737).
const STRANGER = 'http://192.0.2.1/v1';

const TWELVE = 'What is 12 * 7?';
const PARIS = 'What is the weather in Paris?';
const BOTH = 'What is the weather in Paris and in Tokyo?';
const ANNA = 'Anna is 31 years old and lives in Rome.';
const GOLD = 'Tell me about gold.';

const tools = {
  get_weather: tool({
    description: 'The weather in a city.',
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `21 degrees in ${city}`,
  }),
  add: tool({
    description: 'Adds two numbers.',
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    execute: async ({ a, b }) => a + b,
  }),
};
const person = z.object({ name: z.string(), age: z.number().int() });

// Neither is so unless it is said.
const compatible = { name: 'filon', includeUsage: true, supportsStructuredOutputs: true };
const given = { baseURL: `${ADDRESS}/v1`, apiKey: KEY };
const doors = {
  chat: (name, more) => createOpenAI({ ...given, ...more }).chat(name),
  responses: (name, more) => createOpenAI({ ...given, ...more })(name),
  anthropic: (name, more) => createAnthropic({ ...given, ...more })(name),
  compatible: (name, more) =>
    createOpenAICompatible({ ...compatible, ...given, ...more })(name),
};

/** Tells what came of one thing done, and waits until it was heard. */
function tell(deed, told) {
  writeSync(1, `${JSON.stringify({ deed, ...told })}\n`);
  const letter = Buffer.alloc(1);
  while (readSync(0, letter) === 1 && letter[0] !== 10);
}

/** Does one thing and tells its outcome, or how it failed. */
async function attempt(deed, act) {
  try {
    tell(deed, await act());
  } catch (error) {
    tell(deed, failure(error));
  }
}

const failure = (error) => ({
  raised: error.name,
  status: error.statusCode ?? null,
  retryable: error.isRetryable ?? null,
  message: error.message,
});

const calls = (result) => result.toolCalls.map((call) => [call.toolName, call.input]);

async function everything(door, model) {
  const usual = { maxRetries: 0, model: model('practice/pocket'), temperature: 0 };
  await attempt(`${door}: whole`, async () => {
    const result = await generateText({ ...usual, system: 'You are kind.', prompt: TWELVE });
    return { text: result.text, usage: result.usage, finish: result.finishReason };
  });
  await attempt(`${door}: streamed`, async () => {
    const result = streamText({ ...usual, prompt: TWELVE });
    const pieces = [];
    for await (const piece of result.textStream) pieces.push(piece);
    const [usage, finish] = await Promise.all([result.usage, result.finishReason]);
    return { text: pieces.join(''), pieces: pieces.length, usage, finish };
  });
  await attempt(`${door}: a call`, async () => {
    const result = await generateText({ ...usual, tools, prompt: PARIS });
    return { calls: calls(result), finish: result.finishReason };
  });
  await attempt(`${door}: two calls`, async () => {
    const result = streamText({ ...usual, tools, prompt: BOTH });
    return { calls: (await result.toolCalls).map((call) => [call.toolName, call.input]) };
  });
  await attempt(`${door}: forced`, async () => {
    const toolChoice = { type: 'tool', toolName: 'add' };
    return { calls: calls(await generateText({ ...usual, tools, toolChoice, prompt: 'Hello' })) };
  });
  await attempt(`${door}: a loop`, async () => {
    const stopWhen = stepCountIs(3);
    const result = await generateText({ ...usual, tools, stopWhen, prompt: PARIS });
    return { text: result.text, steps: result.steps.length };
  });
  await attempt(`${door}: an object`, async () => {
    const output = Output.object({ schema: person });
    return { person: (await generateText({ ...usual, output, prompt: ANNA })).output };
  });
  const wrong = {
    'wrong key': ['practice/pocket', { apiKey: 'sk-filon-wrong' }, {}],
    'unknown model': ['practice/nothing', {}, {}],
    'bad parameter': ['practice/pocket', {}, { topP: 7 }],
    429: ['practice/pocket:429', {}, {}],
    500: ['practice/pocket:500', {}, {}],
    503: ['practice/pocket:503', {}, {}],
    'a stranger': ['practice/pocket', { baseURL: STRANGER }, {}],
  };
  for (const [deed, [name, more, asked]] of Object.entries(wrong)) {
    await attempt(`${door}: ${deed}`, async () => {
      const result = await generateText({
        model: model(name, more),
        maxRetries: 0,
        prompt: TWELVE,
        ...asked,
      });
      return { text: result.text };
    });
  }
  await attempt(`${door}: an error in the stream`, async () => {
    const told = [];
    const result = streamText({
      ...usual,
      model: model('practice/pocket:error-mid-stream'),
      prompt: GOLD,
      onError: ({ error }) => told.push(failure(error)),
    });
    const pieces = [];
    for await (const piece of result.textStream) pieces.push(piece);
    return { text: pieces.join(''), ...told[0] };
  });
  await attempt(`${door}: left`, async () => {
    const leaving = new AbortController();
    const result = streamText({
      ...usual,
      model: model('practice/pocket:stall=3600'),
      prompt: GOLD,
      abortSignal: leaving.signal,
      onError: () => undefined,
    });
    let text = '';
    for await (const part of result.fullStream) {
      if (part.type === 'text-delta') {
        text += part.text;
        leaving.abort();
      }
    }
    return { text };
  });
}

async function thoughts(door, model, providerOptions) {
  const usual = { maxRetries: 0, model: model('practice/pocket-reasoner'), prompt: TWELVE };
  await attempt(`${door}: thought`, async () => {
    const result = await generateText({ ...usual, providerOptions });
    return { text: result.text, thought: result.reasoningText, usage: result.usage };
  });
  await attempt(`${door}: thought streamed`, async () => {
    const result = streamText({ ...usual, providerOptions });
    let thought = '';
    for await (const part of result.fullStream) {
      if (part.type === 'reasoning-delta') thought += part.text;
    }
    return { text: await result.text, thought };
  });
}

for (const [door, model] of Object.entries(doors)) await everything(door, model);
await thoughts('chat', doors.chat, {});
await thoughts('compatible', doors.compatible, {});
await thoughts('responses', doors.responses, {
  openai: { reasoningSummary: 'auto', forceReasoning: true },
});
await thoughts('anthropic', doors.anthropic, {
  anthropic: { thinking: { type: 'enabled', budgetTokens: 2000 } },
});
await attempt('vectors', async () => {
  const model = createOpenAI(given).embedding('practice/pocket-embed');
  const values = ['the gold mine', 'the gold mines', 'a bowl of soup'];
  const result = await embedMany({ model, values, maxRetries: 0 });
  return { sizes: result.embeddings.map((one) => one.length), usage: result.usage };
});
tell('the end', { refused: globalThis.refused });
