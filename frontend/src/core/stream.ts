/** One frame of a text/event-stream, as the HTML standard reads it. */
export interface Frame {
  event: string;
  data: string;
  /** The last id seen so far, this frame's own or an earlier one's. */
  id: string;
}

/**
 * A parser for text/event-stream that may be fed pieces cut anywhere: inside a UTF-8 character, between
 * CR and LF, inside a field name. What is not a whole frame yet waits for the next piece.
 */
export class SseParser {
  private readonly decoder = new TextDecoder("utf-8");
  private rest = "";
  private afterCr = false;
  private event = "";
  private data: string[] = [];
  private id = "";
  /** What the server asked us to wait before the next attempt, in milliseconds. */
  retry: number | null = null;

  feed(bytes: Uint8Array): Frame[] {
    return this.read(this.decoder.decode(bytes, { stream: true }));
  }

  private read(text: string): Frame[] {
    const frames: Frame[] = [];
    this.rest += text;
    let start = 0;
    for (let at = 0; at < this.rest.length; at++) {
      const char = this.rest[at];
      if (char === "\n" && this.afterCr) {
        // The second half of a CR LF whose line has been read already.
        this.afterCr = false;
        start = at + 1;
        continue;
      }
      this.afterCr = char === "\r";
      if (char !== "\n" && char !== "\r") continue;
      const frame = this.line(this.rest.slice(start, at));
      if (frame) frames.push(frame);
      start = at + 1;
    }
    this.rest = this.rest.slice(start);
    // Characters that wait have been looked at: a CR among them would have ended a line.
    return frames;
  }

  private line(line: string): Frame | null {
    if (line === "") return this.dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (field === "data") this.data.push(value);
    else if (field === "event") this.event = value;
    else if (field === "id" && !value.includes("\0")) this.id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
    return null;
  }

  private dispatch(): Frame | null {
    const frame = { event: this.event || "message", data: this.data.join("\n"), id: this.id };
    const empty = this.data.length === 0;
    this.event = "";
    this.data = [];
    return empty ? null : frame;
  }
}

/** The frames of a reply's body, as they come. */
export async function* framesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame, void> {
  const parser = new SseParser();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.feed(value);
    }
  } finally {
    // Ends the connection too when the reader of the frames stops early.
    void reader.cancel().catch(() => undefined);
  }
}
