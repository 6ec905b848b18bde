import { describe, expect, it } from "vitest";
import { type Frame, framesOf, SseParser } from "./stream";

const SAMPLE = [
  ": a comment\n",
  'id: 7\nevent: message.delta\ndata: {"text":"piña 🪨"}\n\n',
  "data: one\r\ndata: two\r\n\r\n",
  "event: empty\n\n",
  "retry: 3000\ndata:no space\r\rdata\n\n",
  "id: 8\nunknown: x\ndata: last\n\n",
].join("");

const EXPECTED: Frame[] = [
  { id: "7", event: "message.delta", data: '{"text":"piña 🪨"}' },
  { id: "7", event: "message", data: "one\ntwo" },
  { id: "7", event: "message", data: "no space" },
  { id: "7", event: "message", data: "" },
  { id: "8", event: "message", data: "last" },
];

const bytes = new TextEncoder().encode(SAMPLE);

function read(...pieces: Uint8Array[]): Frame[] {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.feed(piece));
}

describe("SseParser", () => {
  it("reads a whole stream", () => {
    expect(read(bytes)).toEqual(EXPECTED);
  });

  it("reads the same when cut in two at any byte", () => {
    for (let at = 0; at <= bytes.length; at++)
      expect(read(bytes.slice(0, at), bytes.slice(at)), `cut at ${at}`).toEqual(EXPECTED);
  });

  it("reads the same in pieces of every small size", () => {
    for (let size = 1; size < 6; size++) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
      expect(read(...pieces), `pieces of ${size}`).toEqual(EXPECTED);
    }
  });

  it("keeps a frame back that has not ended", () => {
    expect(read(new TextEncoder().encode("data: half\n"))).toEqual([]);
  });

  it("remembers the wait that the server asks for", () => {
    const parser = new SseParser();
    parser.feed(bytes);
    expect(parser.retry).toBe(3000);
  });
});

describe("framesOf", () => {
  it("gives frames as the body brings them", async () => {
    const body = new ReadableStream<Uint8Array>({
      start(out) {
        for (const byte of bytes) out.enqueue(Uint8Array.of(byte));
        out.close();
      },
    });
    const frames: Frame[] = [];
    for await (const frame of framesOf(body)) frames.push(frame);
    expect(frames).toEqual(EXPECTED);
  });
});
