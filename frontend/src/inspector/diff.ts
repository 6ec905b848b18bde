/** What stands differently between the body that was asked and the body that was sent. */

import { isContainer, type JsonNode, sizeOf, writeJson } from "../core/json";

export type Sign = " " | "+" | "−" | "~";

export interface DiffLine {
  sign: Sign;
  depth: number;
  key?: string;
  /** A scalar or a folded container; absent on lines that only open or close one. */
  node?: JsonNode;
  bracket?: string;
  comma: boolean;
  /** The value before, on a `~` line. */
  was?: JsonNode;
  /** The key before, where a parameter was renamed. */
  wasKey?: string;
  /** The top-level key that the line belongs to, for the note beneath it. */
  top?: string;
  /** The first line of its top-level member: the note hangs here. */
  first?: boolean;
  /** Where it stands: `messages[0].content`. On a `−` line in what was asked, else in what was sent. */
  path?: string;
  /** What a line of a block opens, whole. */
  block?: JsonNode;
  /** Lost here and found again there, or the other way round: the path of the other end. */
  moved?: string;
}

export interface DiffOptions {
  /** Top-level keys that were sent under another name: asked → sent. */
  renamed?: ReadonlyMap<string, string>;
}

/** Longer lists are compared item by item at the same place; a table of 400 × 400 is still quick. */
const LONGEST_TABLE = 400;

interface Place {
  depth: number;
  key?: string;
  comma: boolean;
  top?: string;
  first?: boolean;
  path?: string;
}

export function diffJson(asked: JsonNode, sent: JsonNode, options: DiffOptions = {}): DiffLine[] {
  const lines: DiffLine[] = [];
  compare(lines, asked, sent, { depth: 0, comma: false, path: "" }, options);
  markMoved(lines);
  return lines;
}

/** Shorter texts are alike by chance. */
const LEAST_MOVED = 12;

/** Tells what is lost in one place and gained, the same, in another: it was moved. */
function markMoved(lines: DiffLine[]): void {
  const lost = new Map<string, { line: DiffLine; path: string }>();
  for (const line of lines) {
    if (line.sign === "−" && line.node) gather(line.node, line.path ?? "", line, lost);
  }
  if (lost.size === 0) return;
  for (const line of lines) {
    const value = line.sign === "+" ? (line.node ?? line.block) : undefined;
    const found = value ? lost.get(writeJson(value)) : undefined;
    if (!found) continue;
    line.moved = found.path;
    found.line.moved ??= line.path;
  }
}

function gather(
  node: JsonNode,
  path: string,
  line: DiffLine,
  found: Map<string, { line: DiffLine; path: string }>,
): void {
  const text = writeJson(node);
  if (text.length >= LEAST_MOVED && !found.has(text)) found.set(text, { line, path });
  if (node.kind === "object")
    for (const { key, value } of node.members) gather(value, childPath(path, key), line, found);
  if (node.kind === "array")
    node.items.forEach((item, at) => {
      gather(item, `${path}[${at}]`, line, found);
    });
}

export function childPath(path: string, key: string): string {
  const plain = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
  return path ? `${path}.${plain}` : plain;
}

export function countSigns(lines: readonly DiffLine[]): Record<Sign, number> {
  const counts: Record<Sign, number> = { " ": 0, "+": 0, "−": 0, "~": 0 };
  for (const line of lines) counts[line.sign] += 1;
  return counts;
}

function compare(lines: DiffLine[], a: JsonNode, b: JsonNode, place: Place, options: DiffOptions): void {
  if (writeJson(a) === writeJson(b)) {
    lines.push({ sign: " ", ...place, node: b });
  } else if (a.kind === "object" && b.kind === "object") {
    compareObjects(lines, a, b, place, options);
  } else if (a.kind === "array" && b.kind === "array") {
    compareArrays(lines, a.items, b.items, place);
  } else if (!isContainer(a) && !isContainer(b)) {
    lines.push({ sign: "~", ...place, node: b, was: a });
  } else {
    whole(lines, "−", a, { ...place, comma: true });
    whole(lines, "+", b, { ...place, first: false });
  }
}

type ObjectNode = Extract<JsonNode, { kind: "object" }>;

interface Row {
  key: string;
  before?: JsonNode;
  after?: JsonNode;
  wasKey?: string;
}

/** Keys in the order of the wire, each lost key where it stood when it was asked. */
function rowsOf(a: ObjectNode, b: ObjectNode, renamed: ReadonlyMap<string, string>): Row[] {
  const before = new Map(a.members.map((m) => [m.key, m.value]));
  const after = new Set(b.members.map((m) => m.key));
  const oldName = new Map<string, string>();
  for (const [from, to] of renamed) {
    if (before.has(from) && after.has(to) && !before.has(to)) oldName.set(to, from);
  }
  const used = new Set(oldName.values());
  const rows: Row[] = b.members.map((m) => {
    const wasKey = oldName.get(m.key);
    return { key: m.key, before: before.get(wasKey ?? m.key), after: m.value, wasKey };
  });
  let at = 0;
  for (const member of a.members) {
    const found = rows.findIndex((row) => (row.wasKey ?? row.key) === member.key);
    if (found >= 0) at = found + 1;
    else if (!used.has(member.key)) rows.splice(at++, 0, { key: member.key, before: member.value });
  }
  return rows;
}

function compareObjects(
  lines: DiffLine[],
  a: ObjectNode,
  b: ObjectNode,
  place: Place,
  options: DiffOptions,
): void {
  lines.push({ sign: " ", ...place, bracket: "{", comma: false });
  const rows = rowsOf(a, b, place.depth === 0 ? (options.renamed ?? new Map()) : new Map());
  rows.forEach((row, i) => {
    const at: Place = {
      depth: place.depth + 1,
      key: row.key,
      comma: i < rows.length - 1,
      top: place.depth === 0 ? row.key : place.top,
      first: place.depth === 0,
      path: childPath(place.path ?? "", row.key),
    };
    if (row.before && row.after) {
      const from = lines.length;
      compare(lines, row.before, row.after, at, {});
      const head = lines[from];
      if (row.wasKey && head) {
        head.wasKey = row.wasKey;
        if (head.sign === " ") head.sign = "~";
      }
    } else if (row.after) whole(lines, "+", row.after, at);
    else if (row.before) whole(lines, "−", row.before, at);
  });
  lines.push({ sign: " ", depth: place.depth, bracket: "}", comma: place.comma, top: place.top });
}

function compareArrays(lines: DiffLine[], a: JsonNode[], b: JsonNode[], place: Place): void {
  lines.push({ sign: " ", ...place, bracket: "[", comma: false });
  const steps = pair(a, b);
  const seen = { before: 0, after: 0 };
  steps.forEach(([before, after], i) => {
    const number = after ? seen.after : seen.before;
    if (before) seen.before += 1;
    if (after) seen.after += 1;
    const at: Place = {
      depth: place.depth + 1,
      comma: i < steps.length - 1,
      top: place.top,
      path: `${place.path ?? ""}[${number}]`,
    };
    if (before && after) compare(lines, before, after, at, {});
    else if (after) whole(lines, "+", after, at);
    else if (before) whole(lines, "−", before, at);
  });
  lines.push({ sign: " ", depth: place.depth, bracket: "]", comma: place.comma, top: place.top });
}

type Pairing = [before: JsonNode | undefined, after: JsonNode | undefined];

/** Pairs the items of two lists: equal ones by the longest common run, changed ones by place. */
function pair(a: JsonNode[], b: JsonNode[]): Pairing[] {
  if (a.length > LONGEST_TABLE || b.length > LONGEST_TABLE) {
    return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [a[i], b[i]]);
  }
  const left = a.map(writeJson);
  const right = b.map(writeJson);
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const cell = (i: number, j: number) => table[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i];
      if (!row) continue;
      row[j] = left[i] === right[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const pairs: Pairing[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && left[i] === right[j]) pairs.push([a[i++], b[j++]]);
    else if (j >= b.length || (i < a.length && cell(i + 1, j) >= cell(i, j + 1)))
      pairs.push([a[i++], undefined]);
    else pairs.push([undefined, b[j++]]);
  }
  return joinReplaced(pairs);
}

/** A container lost and one gained at the same place are one that changed. */
function joinReplaced(pairs: Pairing[]): Pairing[] {
  const joined: Pairing[] = [];
  for (const [before, after] of pairs) {
    const last = joined.at(-1);
    if (
      after &&
      !before &&
      last?.[0] &&
      !last[1] &&
      last[0].kind === after.kind &&
      sameRole(last[0], after)
    ) {
      last[1] = after;
    } else joined.push([before, after]);
  }
  return joined;
}

/** Messages of different roles are different messages, not one that was rewritten. */
function sameRole(a: JsonNode, b: JsonNode): boolean {
  return roleOf(a) === roleOf(b);
}

function roleOf(node: JsonNode): string | undefined {
  if (node.kind !== "object") return undefined;
  const role = node.members.find((m) => m.key === "role")?.value;
  return role?.kind === "string" ? role.value : undefined;
}

function whole(lines: DiffLine[], sign: Sign, node: JsonNode, place: Place): void {
  // What was lost is named on one line; what was gained is written out, so that it can be read.
  if (sign === "−" || !isContainer(node) || sizeOf(node) === 0) {
    lines.push({ sign, ...place, node });
    return;
  }
  const path = place.path ?? "";
  const inside = { depth: place.depth + 1, top: place.top };
  lines.push({ sign, ...place, bracket: node.kind === "object" ? "{" : "[", comma: false, block: node });
  if (node.kind === "object") {
    node.members.forEach((m, i) => {
      const comma = i < node.members.length - 1;
      whole(lines, sign, m.value, { ...inside, key: m.key, comma, path: childPath(path, m.key) });
    });
  } else if (node.kind === "array") {
    node.items.forEach((item, i) => {
      whole(lines, sign, item, { ...inside, comma: i < node.items.length - 1, path: `${path}[${i}]` });
    });
  }
  lines.push({
    sign,
    depth: place.depth,
    bracket: node.kind === "object" ? "}" : "]",
    comma: place.comma,
    top: place.top,
  });
}
