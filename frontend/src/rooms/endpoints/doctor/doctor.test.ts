import { afterEach, describe, expect, it, vi } from "vitest";
import type { Step } from "../../../api/types";
import i18n from "../../../i18n";
import { isAbsent } from "./AllList";
import { check, checkAll, failedOf, type Run, STEPS, stop, useDoctor, warningsOf, withStep } from "./run";
import { ownSentences, took } from "./words";

const step = (name: Step["name"], state: Step["state"], more: Partial<Step> = {}): Step => ({
  name,
  state,
  seen: "",
  code: "",
  names: {},
  seconds: null,
  finding: null,
  ...more,
});
const run = (...steps: Step[]): Run => ({ steps, running: false, chat: true, problem: null, stopped: false });

/** A reply whose lines come in pieces that care for no line's end. */
function reply(...pieces: string[]): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      controller.close();
    },
  });
  return new Response(body, { status: 200 });
}

afterEach(() => {
  vi.unstubAllGlobals();
  useDoctor.setState({ open: null, all: [], runs: {} });
});

describe("steps", () => {
  it("replaces what runs by what ended", () => {
    const begun = withStep([], step("key", "running"));
    expect(withStep(begun, step("key", "ok"))).toEqual([step("key", "ok")]);
  });

  it("tells failures and remarks", () => {
    const told = run(step("key", "warn"), step("tcp", "failed"), step("tls", "skipped"));
    expect(failedOf(told)?.name).toBe("tcp");
    expect(warningsOf(told).map((one) => one.name)).toEqual(["key"]);
    expect(isAbsent(told, true)).toBe(true);
    expect(isAbsent(told, false)).toBe(false);
  });

  it("says times as they can be read", () => {
    expect([null, 0.00004, 0.0118, 0.118, 1.5].map(took)).toEqual([
      "",
      "0.0 ms",
      "12 ms",
      "118 ms",
      "1.50 s",
    ]);
  });
});

describe("an examination", () => {
  it("is read line by line, however it is cut", async () => {
    const text = [step("key", "running"), step("key", "ok"), step("address", "failed")]
      .map((one) => `${JSON.stringify(one)}\n`)
      .join("");
    vi.stubGlobal("fetch", () =>
      Promise.resolve(reply(text.slice(0, 17), text.slice(17, 300), text.slice(300))),
    );
    await check("one");
    const { open, runs } = useDoctor.getState();
    expect(open).toEqual({ name: "one" });
    expect(runs.one?.steps.map((one) => one.state)).toEqual(["ok", "failed"]);
    expect(runs.one?.running).toBe(false);
  });

  it("that does not come about tells its problem", async () => {
    const error = { code: "not_found", message: "There is no endpoint.", blame: "caller", status: 404 };
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ error }), { status: 404 })));
    await check("one");
    expect(useDoctor.getState().runs.one?.problem?.code).toBe("not_found");
  });

  it("can be stopped", async () => {
    vi.stubGlobal(
      "fetch",
      (_: string, { signal }: RequestInit) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => reject(new DOMException("left", "AbortError"))),
        ),
    );
    const examined = check("one");
    stop("one");
    await examined;
    expect(useDoctor.getState().runs.one).toMatchObject({ running: false, stopped: true, problem: null });
  });

  it("of all asks a few at a time and misses none", async () => {
    let now = 0;
    let most = 0;
    vi.stubGlobal("fetch", async () => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now -= 1;
      return reply(`${JSON.stringify(step("usage", "ok"))}\n`);
    });
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    await checkAll(names);
    expect(Object.keys(useDoctor.getState().runs).sort()).toEqual(names);
    expect(most).toBeLessThanOrEqual(3);
  });
});

describe("words", () => {
  it("has a title for each step in both languages", () => {
    for (const language of ["en", "es"])
      for (const name of STEPS) expect(i18n.exists(`doctor:step.${name}`, { lng: language })).toBe(true);
  });

  it("says only causes whose names are known", () => {
    const t = i18n.getFixedT("es", "doctor");
    const names = { model: "m", endpoint: "E" };
    const said = ownSentences({ code: "model_unlisted", names }, t, (key) => i18n.exists(key));
    expect(said?.title).toBe("m no está en la lista de E");
    expect(said?.causes).toHaveLength(1);
  });
});
