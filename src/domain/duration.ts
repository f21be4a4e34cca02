const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `500ms`, `4s`, `1.5m`, `1h`; undefined for other texts. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(text.trim());
  const unit = UNITS[match?.[2] ?? ""];
  return match?.[1] === undefined || unit === undefined ? undefined : Number(match[1]) * unit;
}

const DAY = 86_400_000;

/** Milliseconds of an age: days and weeks such as `90d`, `12w`, or what `parseDuration` reads; undefined for others. */
export function parseAge(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(d|w)$/.exec(text.trim());
  return match?.[1] === undefined
    ? parseDuration(text)
    : Number(match[1]) * (match[2] === "w" ? 7 * DAY : DAY);
}
