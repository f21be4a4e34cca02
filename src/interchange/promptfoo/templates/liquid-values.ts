/** A value in Liquid: a name or a literal, and the filters behind it. */
export interface LiquidValue {
  readonly base: string;
  readonly filters: readonly string[];
  /** What it can be, as far as the tests show; undefined where nobody knows. */
  readonly seen?: readonly unknown[] | undefined;
  readonly kind?: "number" | "text" | undefined;
}

/** A condition that Liquid can write without parentheses. */
export interface LiquidCondition {
  readonly text: string;
  /** How its parts are joined; `one` where there is only one. */
  readonly joined: "one" | "and" | "or";
}

export const written = ({ base, filters }: LiquidValue): string => [base, ...filters].join(" | ");

/** With one filter more. */
export const piped = (value: LiquidValue, filter: string, kind?: LiquidValue["kind"]): LiquidValue => ({
  base: value.base,
  filters: [...value.filters, filter],
  kind,
});

/** Liquid knows no escapes; undefined for a text with quotes of both kinds. */
export function quoted(text: string): string | undefined {
  if (!text.includes('"')) return `"${text}"`;
  return text.includes("'") ? undefined : `'${text}'`;
}

/** Whether every value that was seen is of this kind; false where none was seen. */
export const allSeen = ({ seen }: LiquidValue, is: (value: unknown) => boolean): boolean =>
  seen !== undefined && seen.length > 0 && seen.every(is);

export const anySeen = ({ seen }: LiquidValue, is: (value: unknown) => boolean): boolean =>
  seen?.some(is) ?? false;

/** Literal text in a Liquid template. */
export const asLiquidText = (text: string): string =>
  /\{\{|\{%/.test(text) ? `{% raw %}${text}{% endraw %}` : text;
