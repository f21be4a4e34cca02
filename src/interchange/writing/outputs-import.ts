import type { Json } from "../../domain/json.ts";
import type { Imported, ImportedFile, Kept, SourcePlace } from "../imported.ts";
import type { LeftList } from "../reading/left-list.ts";
import { jsonLine, suiteText } from "./project-text.ts";

/** A recorded answer of another tool, as a line of an outputs file. */
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

/** Numbers the trials of each case from 1, in order of appearance. */
export class TrialNumbers {
  readonly #next = new Map<string, number>();

  next(id: string): number {
    const trial = (this.#next.get(id) ?? 0) + 1;
    this.#next.set(id, trial);
    return trial;
  }

  /** The largest number of trials of a case; 1 when there are none. */
  get largest(): number {
    let largest = 1;
    for (const count of this.#next.values()) largest = Math.max(largest, count);
    return largest;
  }
}

/** A line of `fixtures/<name>.jsonl`. Fields with an unknown value (undefined or null) are left out. */
export function outputLine(output: RecordedOutput): string {
  const known = Object.entries(output).filter(([, value]) => value !== undefined && value !== null);
  return jsonLine(Object.fromEntries(known));
}

/** A scorer of the imported suite, and its location in the other tool's files. */
export interface TakenScorer {
  readonly entry: { readonly type: string; readonly [key: string]: unknown };
  readonly place: SourcePlace;
  readonly what: string;
}

/** A suite that scores recorded answers, with everything that the suite needs. */
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

/** The alias of the model that replays the recorded answers. */
export const recordedAlias = (name: string): string => `${name}-recorded`;

/**
 * Creates a dataset, its recorded answers and the suite that scores them. Recorded answers are never used as expected
 * values.
 */
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
