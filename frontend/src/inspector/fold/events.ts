/** The events of a reply, put together again from frames that may be cut anywhere. Pure. */

import type { Frame } from "../records";

export interface WireEvent {
  /** The frame with which it was whole. */
  frame: number;
  /** The `event:` of the stream, empty where it has none. */
  name: string;
  data: string;
}

/** A stream of events, or a document that is whole only with its last frame. */
export function wireEvents(frames: readonly Frame[], streamed: boolean): WireEvent[] {
  if (streamed) return streamEvents(frames);
  const data = frames.map((frame) => frame.text).join("");
  return data.trim() ? [{ frame: frames.length - 1, name: "", data }] : [];
}

function streamEvents(frames: readonly Frame[]): WireEvent[] {
  const events: WireEvent[] = [];
  let name = "";
  let data: string[] = [];
  let rest = "";
  const end = (frame: number) => {
    if (data.length) events.push({ frame, name, data: data.join("\n") });
    name = "";
    data = [];
  };
  const line = (text: string, frame: number) => {
    if (text === "") return end(frame);
    const colon = text.indexOf(":");
    // A line that begins with a colon is a comment: a keep-alive.
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + (text[colon + 1] === " " ? 2 : 1));
    if (field === "data") data.push(value);
    else if (field === "event") name = value;
  };
  frames.forEach((frame, at) => {
    rest += at === 0 ? frame.text.replace(/^\ufeff/, "") : frame.text;
    // A carriage return at the end may be the first half of a line end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const text of lines) line(text, at);
  });
  if (rest) line(rest.replace(/\r$/, ""), frames.length - 1);
  // The last event of a stream that broke off, or that forgot its blank line.
  end(frames.length - 1);
  return events;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** The object that an event holds; null when it is none. */
export function objectIn(text: string): JsonObject | null {
  try {
    return objectOf(JSON.parse(text) as Json);
  } catch {
    return null;
  }
}

export function objectOf(value: Json | undefined): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

export function numberOf(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}
