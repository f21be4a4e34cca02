import { Document, isMap, isPair, isSeq } from "yaml";
import type { Json } from "../../domain/json.ts";
import { schemaLine } from "../../domain/schema-address.ts";
import { isObject } from "./config-source.ts";
import type { Entry } from "./provider-spec.ts";

/** What a suite's file is made of. */
export interface SuiteParts {
  readonly config: { readonly [key: string]: Json };
  readonly dataset: string;
  readonly prompt: string;
  readonly aliases: readonly string[];
  /** The only ones that it asks; absent for all of the dataset. */
  readonly cases?: readonly string[] | undefined;
  readonly scorers: readonly Entry[];
  readonly path: string;
}

const HEAD = schemaLine("suite");
/** A scorer of so many characters is on one line. */
const ONE_LINE = 110;

/** A suite as `evals/<name>.yaml`. */
export function suiteText({ config, dataset, prompt, aliases, cases, scorers, path }: SuiteParts): string {
  const { repeat, maxConcurrency } = isObject(config.evaluateOptions) ? config.evaluateOptions : {};
  const document = new Document({
    description: typeof config.description === "string" ? config.description : `Brought over from ${path}.`,
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

/** Writes what is short on one line, and looks into what is not. */
function inOneLine(item: unknown): void {
  if (!isMap(item) && !isSeq(item)) return;
  if (JSON.stringify(item.toJSON()).length <= ONE_LINE) item.flow = true;
  else for (const one of item.items) inOneLine(isPair(one) ? one.value : one);
}

/** The checks of a suite learn which of the rendered prompts is theirs. */
export function withPrompt(scorers: readonly Entry[], prompt: string | undefined): readonly Entry[] {
  if (prompt === undefined) return scorers;
  return scorers.map((entry) => {
    const of = Array.isArray(entry.of) ? { of: withPrompt(entry.of as readonly Entry[], prompt) } : {};
    return entry.type === "module" || entry.type === "command"
      ? { ...entry, config: { ...(entry.config as Entry), prompt } }
      : { ...entry, ...of };
  });
}
