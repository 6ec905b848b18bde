/**
 * Figures as the design language wants them: tabular, with their unit, `≈` before an estimate, and words
 * instead of a blank zero. Figures stand in instruments and are the same in every language; prose uses
 * `inProse`, which follows the reader's.
 */

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export const APPROXIMATELY = "≈";

export function count(value: number | null | undefined, unknown = "unknown"): string {
  return value === null || value === undefined ? unknown : grouped.format(value);
}

export function estimate(figure: string, estimated: boolean): string {
  return estimated ? `${APPROXIMATELY} ${figure}` : figure;
}

/**
 * Money with the digits that carry meaning: two significant ones below a cent, so that $0.00027 is not
 * shown as $0.00, at most four decimals below a dollar, and two from there on.
 */
export function money(usd: number | null | undefined, unknown = "unknown"): string {
  if (usd === null || usd === undefined) return unknown;
  if (usd === 0) return "$0";
  const sign = usd < 0 ? "−" : "";
  const size = Math.abs(usd);
  if (size < 1e-8) return `${sign}< $0.00000001`;
  const decimals = size >= 1 ? 2 : size >= 0.01 ? 4 : 1 - Math.floor(Math.log10(size));
  const text = size.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: decimals });
  return `${sign}$${text}`;
}

/** A price per million tokens, as the columns of the model picker show it. */
export function price(usdPerMtok: number | null | undefined): string {
  if (usdPerMtok === null || usdPerMtok === undefined) return "";
  return usdPerMtok.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 4 });
}

/** A duration with three significant digits at most: 0.9 ms, 61 ms, 358 ms, 0.42 s, 7.16 s, 1 min 4 s. */
export function duration(seconds: number | null | undefined, unknown = "unknown"): string {
  if (seconds === null || seconds === undefined) return unknown;
  const ms = seconds * 1000;
  if (ms < 9.95) return `${trim(ms, 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Like `duration`, but in seconds from 10 ms on: the unit of TTFT everywhere in Filon. */
export function secondsShort(seconds: number | null | undefined, unknown = "unknown"): string {
  if (seconds === null || seconds === undefined) return unknown;
  if (seconds >= 0.01 && seconds < 0.9995) return `${seconds.toFixed(2)} s`;
  return duration(seconds, unknown);
}

export function rate(tokensPerSecond: number | null | undefined, unknown = "unknown"): string {
  if (tokensPerSecond === null || tokensPerSecond === undefined) return unknown;
  return `${tokensPerSecond >= 10 ? grouped.format(tokensPerSecond) : trim(tokensPerSecond, 1)} tok/s`;
}

/** A context window in the thousands that models are sold by: 131,072 is 131k, 1,048,576 is 1.05M. */
export function context(tokens: number | null | undefined): string {
  if (tokens === null || tokens === undefined) return "";
  if (tokens < 1000) return String(tokens);
  if (tokens < 1_000_000) return `${Math.floor(tokens / 1000)}k`;
  return `${trim(tokens / 1_000_000, 2)}M`;
}

export function bytes(size: number | null | undefined, unknown = "unknown"): string {
  if (size === null || size === undefined) return unknown;
  if (size < 1000) return `${size} B`;
  if (size < 1_000_000) return `${trim(size / 1000, 1)} kB`;
  if (size < 1_000_000_000) return `${trim(size / 1_000_000, 1)} MB`;
  return `${trim(size / 1_000_000_000, 2)} GB`;
}

/** The time of day with seconds, for messages and traces. */
export function clock(unixSeconds: number): string {
  const at = new Date(unixSeconds * 1000);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
}

/** A number inside a sentence, in the reader's own way of writing it. */
export function inProse(value: number, language: string): string {
  return new Intl.NumberFormat(language).format(value);
}

/** A date inside a sentence or a list. */
export function day(unixSeconds: number, language: string): string {
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" }).format(
    unixSeconds * 1000,
  );
}

function trim(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
