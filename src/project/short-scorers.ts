const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/**
 * Expands `not-called: refund` to `{ type: not-called, value: refund }`, and `length: { max: 400 }` to `{ type:
 * length, max: 400 }`.
 */
function written(entry: unknown, known: readonly string[]): unknown {
  if (!isObject(entry)) return entry;
  const [[name, given] = ["", undefined], ...others] = Object.entries(entry);
  const isShort = others.length === 0 && known.includes(name);
  const settings = isObject(given) ? given : given === null ? {} : { value: given };
  const whole: Readonly<Record<string, unknown>> = isShort ? { type: name, ...settings } : entry;
  const { of } = whole;
  if (of === undefined) return whole;
  return { ...whole, of: Array.isArray(of) ? of.map((one) => written(one, known)) : written(of, known) };
}

/** A suite's value with every short scorer expanded. @param known types of scorers */
export function withoutShortScorers(value: unknown, known: readonly string[]): unknown {
  if (!isObject(value) || !Array.isArray(value.scorers)) return value;
  return { ...value, scorers: value.scorers.map((one) => written(one, known)) };
}
