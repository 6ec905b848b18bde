/** Figures that only the inspector and the traces need; the rest are in `format.ts`. */

/** Wall clock with tenths or thousandths, 24 hours in every language: it is an instrument. */
export function fineClock(unixSeconds: number, places: 1 | 3 = 1): string {
  const date = new Date(unixSeconds * 1000);
  const pad = (value: number, width = 2) => String(value).padStart(width, "0");
  const whole = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => pad(n)).join(":");
  return `${whole}.${pad(date.getMilliseconds(), 3).slice(0, places)}`;
}

/** Seconds without their unit, for columns whose head names it. */
export function bareSeconds(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value > 0 && value < 0.01 ? value.toFixed(3) : value.toFixed(2);
}

export function percent(part: number): string {
  const value = part * 100;
  if (value > 0 && value < 0.1) return "< 0.1%";
  return `${value.toFixed(value >= 99.95 || value === 0 ? 0 : 1)}%`;
}

/** A price in USD per million tokens, with as many places as it has and no more than four. */
export function perMillion(value: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 4 });
}

/** An axis label: the unit only on the first, so that the others stay short. */
export function tickLabel(value: number, index: number, step: number): string {
  const places = Math.max(0, -Math.floor(Math.log10(step || 1) + 1e-9));
  return index === 0 ? "0 s" : value.toFixed(places);
}
