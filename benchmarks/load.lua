-- The load of whole replies, for wrk: one request of 1.2 KB, over and over.
-- Arguments after `--`: path, model, key. Prints one line of JSON; times are milliseconds.

local system = string.rep("You answer in one short sentence, without a list or a heading. ", 8)
local question = string.rep("What does the report below say of the vein under the hill? ", 8)
local body = '{"model":"%s","messages":[{"role":"system","content":"%s"},'
  .. '{"role":"user","content":"%s"}],"temperature":0.7,"max_tokens":256,"user":"bench"}'
local prepared
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  local path, model, key = arguments[1], arguments[2], arguments[3]
  wrk.headers["content-type"] = "application/json"
  wrk.headers["authorization"] = "Bearer " .. key
  prepared = wrk.format("POST", path, nil, string.format(body, model, system, question))
  sent = 0
end

function request()
  sent = sent + 1
  return prepared
end

function done(summary, latency)
  local errors = summary.errors
  -- wrk calls `request` once more by itself, to learn whether requests come in batches.
  local asked = -1
  for _, thread in ipairs(threads) do
    asked = asked + thread:get("sent")
  end
  io.write(string.format(
    '{"sent":%d,"answered":%d,"seconds":%.3f,"bytes":%d,"p50_ms":%.3f,"p99_ms":%.3f,"wrong":%d}\n',
    asked, summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
