import { dollars } from "../domain/dollars.ts";

export { dollars };

/** A share in [0, 1] in per cent, for instance `91.4 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A difference of shares in percentage points: `+1.2` or `−0.9`. */
export function points(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(1);
  return Number(text) === 0 ? "0.0" : `${difference < 0 ? "−" : "+"}${text}`;
}

/** A time as text: `870 ms`, `2.1 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** An interval as text: `2 s – 4 s`; `2 s or more` or `up to 4 s` when one bound is unknown; empty when both are. */
export function rangeText(
  low: number | null | undefined,
  high: number | null | undefined,
  text: (value: number) => string,
): string {
  if (low == null) return high == null ? "" : `up to ${text(high)}`;
  return high == null ? `${text(low)} or more` : `${text(low)} – ${text(high)}`;
}

/** An interval of shares in per cent: `87.9 – 94.0`. The sign `%` is added only when one of the bounds is unknown. */
export function shareRange(low: number | null | undefined, high: number | null | undefined): string {
  const bare = (share: number): string => (share * 100).toFixed(1);
  return rangeText(low, high, low == null || high == null ? percent : bare);
}

/** An amount in US dollars that may be unknown. */
export function priceText(usd: number | null): string {
  return usd === null ? "cost unknown" : dollars(usd);
}

/** A whole number, for instance `1,234`. Intl is not used, because its first use costs 30 ms at startup. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A number with its noun: `1 case`, `3 cases`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
