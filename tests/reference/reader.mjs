// Answers one question per line, as LibreChat's own code would: what a text is in YAML, whether a
// file passes, what the schema is. Reads JSON lines, writes JSON lines.

import { createInterface } from 'node:readline';
import { load } from 'js-yaml';
import { configSchema, paramSettings } from 'librechat-data-provider';

const OWN = new Set(Object.keys(process.env));
// Its loader is strict at the top, beside the schema.
const SCHEMA = configSchema.strict();

/** A value as JSON that keeps what JSON has no word for. */
function told(value) {
  if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
  if (typeof value === 'string') return ['text', value];
  if (typeof value === 'number') return ['number', Object.is(value, -0) ? '-0' : String(value)];
  if (value instanceof Date) return ['date', value.getTime()];
  if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('hex')];
  if (Array.isArray(value)) return ['list', Array.from(value, told)];
  return ['map', Object.entries(value).map(([key, inner]) => [key, told(inner)])];
}

function read(text) {
  try {
    return { value: told(load(text)) };
  } catch (problem) {
    return { refused: String(problem.reason ?? problem.message) };
  }
}

/** Whether LibreChat would start with this file. */
function check(text, variables) {
  for (const name of Object.keys(process.env)) if (!OWN.has(name)) delete process.env[name];
  Object.assign(process.env, variables);
  let value;
  try {
    value = load(text);
  } catch (problem) {
    return { refused: ['yaml'], why: String(problem.message).split('\n')[0] };
  }
  if (value === null || value === undefined) return { refused: [] };
  let result;
  try {
    result = SCHEMA.safeParse(value);
  } catch (problem) {
    // Some of its checks throw on what an earlier one has already refused; so would LibreChat.
    return { refused: ['?'], why: String(problem) };
  }
  const issues = result.success ? [] : result.error.issues;
  return {
    refused: issues.map((issue) => issue.path.join('.')),
    why: issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  };
}

/** The schema as plain data: what zod keeps of it. */
function shape(schema, seen = new Set()) {
  const def = schema._def;
  const inside = (one) => shape(one, seen);
  switch (def.typeName) {
    case 'ZodObject':
      return {
        kind: 'map',
        strict: def.unknownKeys === 'strict',
        keys: Object.fromEntries(Object.entries(schema.shape).map(([key, one]) => [key, inside(one)])),
      };
    case 'ZodOptional':
      return { kind: 'optional', of: inside(def.innerType) };
    case 'ZodNullable':
      return { kind: 'nullable', of: inside(def.innerType) };
    case 'ZodDefault':
      return { kind: 'default', value: def.defaultValue() ?? null, of: inside(def.innerType) };
    case 'ZodEffects':
      return { kind: 'checked', of: inside(def.schema) };
    case 'ZodPipeline':
      return { kind: 'checked', of: inside(def.in) };
    case 'ZodArray':
      return {
        kind: 'list',
        least: def.minLength?.value ?? null,
        most: def.maxLength?.value ?? null,
        of: inside(def.type),
      };
    case 'ZodRecord':
      return { kind: 'record', of: inside(def.valueType) };
    case 'ZodUnion':
      return { kind: 'union', of: def.options.map(inside) };
    case 'ZodDiscriminatedUnion':
      return { kind: 'union', of: [...def.options.values()].map(inside) };
    case 'ZodIntersection':
      return { kind: 'both', of: [inside(def.left), inside(def.right)] };
    case 'ZodEnum':
      return { kind: 'choice', values: def.values };
    case 'ZodNativeEnum':
      return { kind: 'choice', values: Object.values(def.values) };
    case 'ZodLiteral':
      return { kind: 'choice', values: [def.value] };
    case 'ZodLazy':
      if (seen.has(schema)) return { kind: 'anything' };
      seen.add(schema);
      return inside(def.getter());
    case 'ZodString':
    case 'ZodNumber': {
      const checks = Object.fromEntries(
        def.checks.map((one) => [
          one.kind === 'min' && one.inclusive === false ? 'over' : one.kind,
          one.value ?? true,
        ]),
      );
      return { kind: def.typeName === 'ZodString' ? 'text' : 'number', checks };
    }
    case 'ZodBoolean':
      return { kind: 'flag' };
    case 'ZodNull':
      return { kind: 'null' };
    case 'ZodUndefined':
      return { kind: 'nothing' };
    default:
      return { kind: 'anything' };
  }
}

function isAddress(text) {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}

const answers = {
  yaml: ({ texts }) => texts.map(read),
  check: ({ text, variables }) => check(text, variables ?? {}),
  checks: ({ texts }) => texts.map((text) => check(text, {}).refused.length > 0),
  shape: () => shape(configSchema),
  addresses: ({ texts }) => texts.map(isAddress),
  parameters: () =>
    Object.fromEntries(Object.entries(paramSettings).map(([name, list]) => [name, list.map((one) => one.key)])),
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(answers[asked.ask](asked))}\n`);
}
