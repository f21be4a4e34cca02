import type { Json } from "../../domain/json.ts";
import type { Imported, ImportedFile, Kept, SourcePlace } from "../imported.ts";
import type { LeftList } from "../reading/left-list.ts";
import { jsonLine, suiteText } from "./project-text.ts";

/** An answer that another tool recorded, as a line of a file of outputs. */
export interface RecordedOutput {
  readonly case: string;
  /** From 1. */
  readonly trial: number;
  readonly output: Json;
  readonly model?: string | null | undefined;
  readonly usage?: { readonly [field: string]: number | null } | undefined;
  /** Milliseconds. */
  readonly latency_ms?: number | null | undefined;
  /** US dollars. */
  readonly cost_usd?: number | null | undefined;
  readonly messages?: readonly Json[] | undefined;
}

/** Counts the trials of each case from 1, in the order in which they are met. */
export class TrialNumbers {
  readonly #next = new Map<string, number>();

  next(id: string): number {
    const trial = (this.#next.get(id) ?? 0) + 1;
    this.#next.set(id, trial);
    return trial;
  }

  /** The largest number of trials that a case has; 1 where there are none. */
  get largest(): number {
    let largest = 1;
    for (const count of this.#next.values()) largest = Math.max(largest, count);
    return largest;
  }
}

/** A line of `fixtures/<name>.jsonl`; what is unknown is left out. */
export function outputLine(output: RecordedOutput): string {
  const known = Object.entries(output).filter(([, value]) => value !== undefined && value !== null);
  return jsonLine(Object.fromEntries(known));
}

/** A scorer of the imported suite, and where the other tool names it. */
export interface TakenScorer {
  readonly entry: { readonly type: string; readonly [key: string]: unknown };
  readonly place: SourcePlace;
  readonly what: string;
}

/** A suite over recorded answers, with all that it names. */
export interface OutputsImport {
  readonly name: string;
  readonly description: string;
  readonly dataset: ImportedFile;
  readonly outputs: ImportedFile;
  /** Other files: prompts, scorers, judges. */
  readonly files?: readonly ImportedFile[] | undefined;
  readonly models?: Imported["models"] | undefined;
  readonly trials: number;
  readonly cases: number;
  readonly answers: number;
  readonly scorers: readonly TakenScorer[];
  readonly left: LeftList;
}

/** The alias of answers that were made elsewhere. */
export const recordedAlias = (name: string): string => `${name}-recorded`;

/** A dataset, its recorded answers and the suite that scores them. Answers are recorded ones, never the expected ones. */
export function importOutputs(made: OutputsImport): Imported {
  const { name, scorers, trials } = made;
  const suite = suiteText({
    description: made.description,
    dataset: name,
    model: recordedAlias(name),
    ...(trials > 1 ? { trials } : {}),
    scorers: scorers.length === 0 ? [{ type: "length", min: 1 }] : scorers.map(({ entry }) => entry),
  });
  return {
    files: [made.dataset, made.outputs, ...(made.files ?? []), { path: `evals/${name}.yaml`, text: suite }],
    models: { [recordedAlias(name)]: { provider: "outputs", file: made.outputs.path }, ...made.models },
    taken: { cases: made.cases, answers: made.answers, scorers: scorers.length, suites: 1 },
    left: made.left.all(),
    kept: scorers.map(
      ({ entry, place, what }): Kept => ({
        ...place,
        what,
        suite: name,
        scorer: String(entry.name ?? entry.type),
      }),
    ),
  };
}
