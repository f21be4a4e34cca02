import { Document, isMap, isPair, isSeq } from "yaml";
import type { Json } from "../../domain/json.ts";
import { schemaLine } from "../../domain/schema-address.ts";
import { isObject } from "./config-source.ts";
import type { Entry } from "./provider-spec.ts";

/** The parts of a suite file. */
export interface SuiteParts {
  readonly config: { readonly [key: string]: Json };
  readonly dataset: string;
  readonly prompt: string;
  readonly aliases: readonly string[];
  /** Ids of the only cases that the suite runs; absent for the whole dataset. */
  readonly cases?: readonly string[] | undefined;
  readonly scorers: readonly Entry[];
  readonly path: string;
}

const HEAD = schemaLine("suite");
/** Maximum length of a scorer written on one line. */
const ONE_LINE = 110;

/** The text of a suite file `evals/<name>.yaml`. */
export function suiteText({ config, dataset, prompt, aliases, cases, scorers, path }: SuiteParts): string {
  const { repeat, maxConcurrency } = isObject(config.evaluateOptions) ? config.evaluateOptions : {};
  const document = new Document({
    description: typeof config.description === "string" ? config.description : `Imported from ${path}.`,
    dataset,
    prompt: `${prompt}@^1`,
    ...(aliases.length === 1 ? { model: aliases[0] } : { models: aliases }),
    ...(cases === undefined ? {} : { filter: { cases } }),
    ...(Number.isInteger(repeat) && (repeat as number) > 1 ? { trials: repeat } : {}),
    ...(Number.isInteger(maxConcurrency) ? { concurrency: maxConcurrency } : {}),
    scorers,
  });
  const list = document.get("scorers");
  if (isSeq(list)) for (const item of list.items) inOneLine(item);
  inOneLine(document.get("models"));
  inOneLine(document.get("filter"));
  return `${HEAD}${document.toString({ lineWidth: 0 })}`;
}

/** Writes short items on one line, and descends into long ones. */
function inOneLine(item: unknown): void {
  if (!isMap(item) && !isSeq(item)) return;
  if (JSON.stringify(item.toJSON()).length <= ONE_LINE) item.flow = true;
  else for (const one of item.items) inOneLine(isPair(one) ? one.value : one);
}

/**
 * Gives each check of a suite the name of the suite's prompt. A case contains every prompt in rendered form, and the
 * check finds the suite's prompt by this name.
 */
export function withPrompt(scorers: readonly Entry[], prompt: string | undefined): readonly Entry[] {
  if (prompt === undefined) return scorers;
  return scorers.map((entry) => {
    const of = Array.isArray(entry.of) ? { of: withPrompt(entry.of as readonly Entry[], prompt) } : {};
    return entry.type === "module" || entry.type === "command"
      ? { ...entry, config: { ...(entry.config as Entry), prompt } }
      : { ...entry, ...of };
  });
}
