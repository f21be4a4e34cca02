import { didYouMean, nearest } from "./did-you-mean.ts";
import { parseAge } from "./duration.ts";
import { EvalsError } from "./problem.ts";
import { TRAFFIC_FIELDS, type TrafficCondition, type TrafficField } from "./traffic.ts";

/** The answers of a side: a selection of the stored traffic, or a file. */
export type TrafficSide =
  | { readonly kind: "traffic"; readonly where: readonly TrafficCondition[] }
  | { readonly kind: "file"; readonly path: string };

/**
 * Parses `service=bot,tag=canary,prompt!=1.2.0`, or `file:outputs.jsonl`.
 *
 * @param option name of the option for error messages: `--where`
 * @throws {EvalsError} EVALS_OPTION_INVALID with every invalid part
 */
export function parseTrafficSide(text: string, option: string): TrafficSide {
  const [, path] = /^file:(.*)$/s.exec(text.trim()) ?? [];
  if (path === undefined) {
    const meant = meantFile(text.trim());
    if (meant === undefined) return { kind: "traffic", where: parseWhere(text, option) };
    throw new EvalsError(noCondition(text, option, ` Did you mean "file:${meant}"?`));
  }
  if (path !== "") return { kind: "file", path };
  throw new EvalsError(noCondition(text, option));
}

/** The path in a text that is nearly `file:<path>`, or a path of JSON Lines alone; undefined for any other text. */
function meantFile(text: string): string | undefined {
  const [, prefix = "", path] = /^(\w+):(.+)$/s.exec(text) ?? [];
  if (nearest(prefix, ["file"]) !== undefined) return path;
  return /^[^=]+\.jsonl$/s.test(text) ? text : undefined;
}

/** Parses conditions only, for options that do not accept a file. @throws {EvalsError} EVALS_OPTION_INVALID */
export function parseWhere(text: string, option: string): readonly TrafficCondition[] {
  const read = text.split(",").map((part) => conditionOf(part) ?? noCondition(part, option));
  const problems = read.filter((one) => "code" in one);
  if (problems.length > 0) throw new EvalsError(problems);
  return read.filter((one) => "field" in one);
}

function conditionOf(part: string): TrafficCondition | undefined {
  const [, field = "", not, value = ""] = /^\s*([a-z_]+)\s*(!?)=\s*(.*?)\s*$/s.exec(part) ?? [];
  if (!(TRAFFIC_FIELDS as readonly string[]).includes(field) || value === "") return undefined;
  return { field: field as TrafficField, value, ...(not === "!" && { not: true }) };
}

function noCondition(part: string, option: string, meant?: string) {
  const word = /^\s*([\w-]+)/.exec(part)?.[1] ?? "";
  const known = (TRAFFIC_FIELDS as readonly string[]).includes(word);
  return {
    code: "EVALS_OPTION_INVALID",
    what: `${option} ${JSON.stringify(part.trim())} is not a condition.${meant ?? (known ? "" : didYouMean(word, TRAFFIC_FIELDS))}`,
    why: `A condition is <field>=<value> or <field>!=<value>, several are joined by commas; fields: ${TRAFFIC_FIELDS.join(", ")}.`,
    fix: `${option} service=shop-bot,tag=canary`,
  };
}

/**
 * Parses `--since 7d` or `--since 2026-11-02` to milliseconds since 1970, UTC.
 *
 * @param now the current time in the same unit
 * @throws {EvalsError} EVALS_OPTION_INVALID
 */
export function parseSince(text: string, now: number, option = "--since"): number {
  const age = parseAge(text);
  if (age !== undefined) return now - age;
  const time = /^\d{4}-\d\d-\d\d/.test(text.trim()) ? Date.parse(text.trim()) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `${option} ${JSON.stringify(text)} is neither an age nor a time.`,
    why: "The option selects the traces that began at this time or later.",
    fix: `${option} 7d    (or 12h, 4w, 2026-11-02, 2026-11-02T08:00Z)`,
  });
}
