/** A Liquid value: a name or literal with its filters. */
export interface LiquidValue {
  readonly base: string;
  readonly filters: readonly string[];
  /** The values that it has in the tests; undefined when unknown. */
  readonly seen?: readonly unknown[] | undefined;
  readonly kind?: "number" | "text" | undefined;
}

/** A condition that Liquid can express without parentheses. */
export interface LiquidCondition {
  readonly text: string;
  /** How the parts of the condition are joined; `one` for a single part. */
  readonly joined: "one" | "and" | "or";
}

export const written = ({ base, filters }: LiquidValue): string => [base, ...filters].join(" | ");

/** Adds one filter. */
export const piped = (value: LiquidValue, filter: string, kind?: LiquidValue["kind"]): LiquidValue => ({
  base: value.base,
  filters: [...value.filters, filter],
  kind,
});

/**
 * A text as a Liquid literal; undefined for a text with both types of quotes, because Liquid has no escapes.
 */
export function quoted(text: string): string | undefined {
  if (!text.includes('"')) return `"${text}"`;
  return text.includes("'") ? undefined : `'${text}'`;
}

/** Whether all values in the tests satisfy the condition; false when none is known. */
export const allSeen = ({ seen }: LiquidValue, is: (value: unknown) => boolean): boolean =>
  seen !== undefined && seen.length > 0 && seen.every(is);

export const anySeen = ({ seen }: LiquidValue, is: (value: unknown) => boolean): boolean =>
  seen?.some(is) ?? false;

/** A text in the form in which a Liquid template prints it unchanged. */
export const asLiquidText = (text: string): string =>
  /\{\{|\{%/.test(text) ? `{% raw %}${text}{% endraw %}` : text;
