import type { LiveEvent } from "../api/types";
import { framesOf } from "./stream";

export type Connection = "connecting" | "open" | "waiting" | "ended";

export interface LiveOptions {
  onEvent: (event: LiveEvent) => void;
  onState: (state: Connection) => void;
  /** The session has ended: no attempt more. */
  onSignedOut: () => void;
  fetch?: typeof fetch;
  /** How long to wait before the nth attempt, in milliseconds. */
  wait?: (attempt: number) => number;
}

/** Half a second, doubling to ten, with jitter: many tabs must not all come back at once. */
export function backoff(attempt: number, random = Math.random): number {
  const cap = Math.min(10_000, 500 * 2 ** Math.max(0, attempt - 1));
  return cap / 2 + (cap / 2) * random();
}

// The server sends a comment each 15 s. Three missed ones mean a dead connection that nobody closed.
const SILENCE = 45_000;

/**
 * The one event stream of this tab. It reconnects for ever and asks for what it missed by
 * `Last-Event-ID`, so that an answer goes on where it was after a sleep, a cut or a restart.
 */
export class Live {
  private lastId = "";
  private attempt = 0;
  private stopped = false;
  private control: AbortController | null = null;
  private wake: (() => void) | null = null;
  private readonly options: LiveOptions;

  constructor(options: LiveOptions) {
    this.options = options;
  }

  async run(): Promise<void> {
    while (!this.stopped) {
      this.options.onState("connecting");
      await this.once();
      if (this.stopped) break;
      this.options.onState("waiting");
      this.attempt += 1;
      await this.pause((this.options.wait ?? backoff)(this.attempt));
    }
    this.options.onState("ended");
  }

  stop(): void {
    this.stopped = true;
    this.control?.abort();
    this.wake?.();
  }

  /** The network is back or the tab is seen again: do not sit out the wait. */
  hurry(): void {
    this.wake?.();
  }

  private async once(): Promise<void> {
    const control = new AbortController();
    this.control = control;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => control.abort(), SILENCE);
    };
    try {
      heard();
      const reply = await (this.options.fetch ?? fetch)("/api/events", {
        headers: this.lastId ? { "last-event-id": this.lastId } : {},
        signal: control.signal,
        cache: "no-store",
      });
      if (reply.status === 401) {
        this.stopped = true;
        this.options.onSignedOut();
        return;
      }
      if (!reply.ok || !reply.body) return;
      this.options.onState("open");
      for await (const frame of framesOf(reply.body.pipeThrough(watch(heard)))) {
        this.attempt = 0;
        this.lastId = frame.id;
        const event = parse(frame.event, frame.data);
        if (event) this.options.onEvent(event);
      }
    } catch {
      // Whatever cut the stream, the answer is the same: wait and come back.
    } finally {
      clearTimeout(silence);
      control.abort();
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Passes bytes through and tells that some came; heartbeats are bytes but no frames. */
function watch(heard: () => void): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(bytes, out) {
      heard();
      out.enqueue(bytes);
    },
  });
}

function parse(type: string, data: string): LiveEvent | null {
  try {
    return { type, data: JSON.parse(data) } as LiveEvent;
  } catch {
    return null;
  }
}
