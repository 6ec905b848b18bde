// Prints what a first visit downloads and fails over the budget: a chat must open fast on a phone.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 260;
const out = new URL("../src/filon/server/static/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", out), "utf8"));

/** Everything the chat room needs: the entry, what it imports, and the room that loads first. */
function reach(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) reach(next, seen);
  return seen;
}

const chunks = reach("index.html");
if (manifest["src/rooms/chat/ChatRoom.tsx"]) reach("src/rooms/chat/ChatRoom.tsx", chunks);
let total = 0;
for (const key of chunks) {
  const { file } = manifest[key];
  if (!file.endsWith(".js")) continue;
  total += gzipSync(readFileSync(new URL(file, out)), { level: 9 }).length;
}
const kb = Math.round(total / 102.4) / 10;
console.log(`first visit: ${kb} kB of gzipped JavaScript in ${chunks.size} files (budget ${BUDGET_KB} kB)`);
if (kb > BUDGET_KB) process.exit(1);
