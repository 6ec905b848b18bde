/** Figures of local models. Their sizes are counted in powers of two, as Ollama and the sellers of memory do. */

import type { LocalModel } from "../../../api/types";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

export function binary(size: number | null): string | null {
  if (size === null) return null;
  if (size >= GIB / 10) return `${(size / GIB).toFixed(1)} GiB`;
  return `${(size / MIB).toFixed(1)} MiB`;
}

export function placeOf(address: string): string {
  return address.replace(/^https?:\/\//, "").replace(/\/v1$/, "");
}

/** How much of its context a model really gets, 0 to 1; null where one of the two is not known. */
export function share(model: LocalModel): number | null {
  const { used, limit } = model;
  if (used.value === null || !limit.value) return null;
  return Math.min(1, used.value / limit.value);
}
