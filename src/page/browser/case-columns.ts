import type { FailureCounts } from "../../domain/failure.ts";
import type { IndexDocument } from "../page-documents.ts";

export type Change = "broken" | "fixed" | "same" | "new" | "changed" | "missing" | null;

const CHANGES: Readonly<Record<string, Change>> = {
  b: "broken",
  f: "fixed",
  s: "same",
  n: "new",
  c: "changed",
  m: "missing",
};

/**
 * The cases of a run in typed arrays: an object for each of a million cases would take too much memory.
 */
export class CaseColumns {
  readonly size: number;
  readonly passed: Uint16Array;
  readonly answered: Uint16Array;
  readonly errored: Uint16Array;
  /**
   * Number of passed trials of each case on the other side of the comparison; -1 for a case without an answer on that
   * side.
   */
  readonly passedBefore: Int32Array;
  /** Number of answered trials of each case on the other side; -1 for a case without an answer on that side. */
  readonly answeredBefore: Int32Array;
  readonly #index: IndexDocument;
  #places: Map<string, number> | null = null;
  readonly #failures: ReadonlyMap<string, ReadonlySet<string>>;

  /** @param failures the run's failures by failure class, each with the ids of its cases */
  constructor(index: IndexDocument, failures: FailureCounts = {}) {
    this.#index = index;
    this.#failures = new Map(Object.entries(failures).map(([name, { cases }]) => [name, new Set(cases)]));
    this.size = index.ids.length;
    this.passed = new Uint16Array(this.size);
    this.answered = new Uint16Array(this.size);
    this.errored = new Uint16Array(this.size);
    this.passedBefore = new Int32Array(this.size).fill(-1);
    this.answeredBefore = new Int32Array(this.size).fill(-1);
    for (let index = 0; index < this.size; index++) this.#count(index);
  }

  #count(index: number): void {
    const now = countMarks(this.#index.now, index);
    this.passed[index] = now.passed;
    this.answered[index] = now.answered;
    this.errored[index] = now.errored;
    const { before } = this.#index;
    if (before === null) return;
    if (before.width === 0) {
      this.passedBefore[index] = before.passed[index] ?? -1;
      this.answeredBefore[index] = before.answered[index] ?? -1;
      return;
    }
    const earlier = countMarks(before, index);
    if (earlier.answered === 0) return;
    this.passedBefore[index] = earlier.passed;
    this.answeredBefore[index] = earlier.answered;
  }

  get scorers(): readonly string[] {
    return this.#index.scorers;
  }

  get tags(): readonly string[] {
    return this.#index.tags;
  }

  get compared(): boolean {
    return this.#index.before !== null;
  }

  get leftOut(): string {
    return this.#index.left_out;
  }

  idOf(index: number): string {
    return this.#index.ids[index] ?? "";
  }

  placeOf(id: string): number | undefined {
    this.#places ??= new Map(this.#index.ids.map((one, index) => [one, index]));
    return this.#places.get(id);
  }

  inputOf(index: number): string {
    return this.#index.inputs[index] ?? "";
  }

  tagsOf(index: number): string[] {
    const set = this.#index.tag_sets[this.#index.tag_set_of[index] ?? -1] ?? [];
    return set.map((tag) => this.#index.tags[tag] ?? "");
  }

  /** Whether a trial of the case failed with a failure class. @param name the failure class */
  failsBy(name: string, index: number): boolean {
    return this.#failures.get(name)?.has(this.idOf(index)) === true;
  }

  /** The outcomes of a case, one letter per trial: p passed, f failed, e errored, ? not scored, - model not asked. */
  marksOf(index: number): string {
    return marksAt(this.#index.now, index);
  }

  /** Like `marksOf`, for the other side of the comparison; null when only the counts of that side are known. */
  marksBefore(index: number): string | null {
    const { before } = this.#index;
    return before === null || before.width === 0 ? null : marksAt(before, index);
  }

  changeOf(index: number): Change {
    return CHANGES[(this.#index.changes[index] ?? "").toLowerCase()] ?? null;
  }

  /** Whether the change of a case is statistically significant. */
  isSure(index: number): boolean {
    return /[A-Z]/.test(this.#index.changes[index] ?? "");
  }

  /** Mean score that a scorer gave the case; null when it gave no score. @param scorer index in `scorers` */
  scoreOf(scorer: number, index: number): number | null {
    return this.#index.scores[scorer]?.[index] ?? null;
  }

  latencyOf(index: number): number | null {
    return this.#index.latency_ms[index] ?? null;
  }

  /** Share of a case's answered trials that passed; null without an answer. */
  shareOf(index: number): number | null {
    return share(this.passed[index], this.answered[index]);
  }

  shareBefore(index: number): number | null {
    return share(this.passedBefore[index], this.answeredBefore[index]);
  }
}

function share(passed = 0, answered = 0): number | null {
  return answered > 0 ? passed / answered : null;
}

interface Marks {
  readonly width: number;
  readonly marks: string;
}

function marksAt({ marks, width }: Marks, index: number): string {
  return marks.slice(index * width, (index + 1) * width).trimEnd();
}

const [P, F, E, UNSCORED] = ["p", "f", "e", "?"].map((letter) => letter.charCodeAt(0));

function countMarks({ marks, width }: Marks, index: number) {
  let [passed, answered, errored] = [0, 0, 0];
  for (let at = index * width; at < (index + 1) * width; at++) {
    const code = marks.charCodeAt(at);
    if (code === P) passed++;
    if (code === P || code === F || code === UNSCORED) answered++;
    else if (code === E) errored++;
  }
  return { passed, answered, errored };
}
