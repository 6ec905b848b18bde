/** What the server would answer to a sheet that shows one trace, for tests. */

import type { TracePage } from "../api/types";

const ALONE = { parent_id: null, manner: null, changes: [], parent: null, replays: [], siblings: [] };

export function answerFor(page: TracePage, input: RequestInfo | URL): Response {
  const path = String(input);
  if (path.includes("/export")) return new Response("curl https://api.example -H 'x: $API_KEY'");
  if (path.endsWith("/lineage")) return new Response(JSON.stringify(ALONE));
  if (path === "/api/models") return new Response(JSON.stringify({ models: [] }));
  return new Response(JSON.stringify(page), { headers: { "content-type": "application/json" } });
}
