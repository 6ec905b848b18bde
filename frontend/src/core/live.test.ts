import { describe, expect, it, vi } from "vitest";
import type { LiveEvent } from "../api/types";
import { backoff, type Connection, Live } from "./live";

function reply(text: string): Response {
  return new Response(new TextEncoder().encode(text), { headers: { "content-type": "text/event-stream" } });
}

describe("Live", () => {
  it("comes back and asks for what it missed", async () => {
    const asked: Array<string | null> = [];
    const events: LiveEvent[] = [];
    const states: Connection[] = [];
    const replies = [
      () => reply("id: 4\nevent: endpoints.changed\ndata: {}\n\n"),
      () => {
        throw new TypeError("network");
      },
      () => reply('id: 5\nevent: conversation.deleted\ndata: {"conversation_id":"c"}\n\n'),
      () => new Response("", { status: 401 }),
    ];
    const signedOut = vi.fn();
    const live = new Live({
      onEvent: (event) => events.push(event),
      onState: (state) => states.push(state),
      onSignedOut: signedOut,
      wait: () => 0,
      fetch: async (_, init) => {
        asked.push(new Headers(init?.headers).get("last-event-id"));
        return (replies.shift() ?? (() => reply("")))();
      },
    });
    await live.run();
    expect(asked).toEqual([null, "4", "4", "5"]);
    expect(events.map((event) => event.type)).toEqual(["endpoints.changed", "conversation.deleted"]);
    expect(states).toContain("waiting");
    expect(states.at(-1)).toBe("ended");
    expect(signedOut).toHaveBeenCalledOnce();
  });

  it("passes over a frame that is no JSON", async () => {
    const events: LiveEvent[] = [];
    const replies = [reply("event: x\ndata: {oops\n\nevent: endpoints.changed\ndata: {}\n\n")];
    const live = new Live({
      onEvent: (event) => events.push(event),
      onState: () => undefined,
      onSignedOut: () => undefined,
      wait: () => 0,
      fetch: async () => replies.shift() ?? new Response("", { status: 401 }),
    });
    await live.run();
    expect(events).toHaveLength(1);
  });
});

describe("backoff", () => {
  it("grows to ten seconds and no further", () => {
    expect(backoff(1, () => 0)).toBe(250);
    expect(backoff(1, () => 1)).toBe(500);
    expect(backoff(3, () => 1)).toBe(2000);
    expect(backoff(30, () => 1)).toBe(10_000);
  });
});
