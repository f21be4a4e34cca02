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

/** The cases of a run by place, in typed arrays: a million of them are read without a million objects. */
export class CaseColumns {
  readonly size: number;
  readonly passed: Uint16Array;
  readonly answered: Uint16Array;
  readonly errored: Uint16Array;
  /** -1 for a case that the other side does not have. */
  readonly passedBefore: Int32Array;
  readonly answeredBefore: Int32Array;
  readonly #index: IndexDocument;
  #places: Map<string, number> | null = null;

  constructor(index: IndexDocument) {
    this.#index = index;
    this.size = index.ids.length;
    this.passed = new Uint16Array(this.size);
    this.answered = new Uint16Array(this.size);
    this.errored = new Uint16Array(this.size);
    this.passedBefore = new Int32Array(this.size).fill(-1);
    this.answeredBefore = new Int32Array(this.size).fill(-1);
    for (let place = 0; place < this.size; place++) this.#count(place);
  }

  #count(place: number): void {
    const now = countMarks(this.#index.now, place);
    this.passed[place] = now.passed;
    this.answered[place] = now.answered;
    this.errored[place] = now.errored;
    const { before } = this.#index;
    if (before === null) return;
    if (before.width === 0) {
      this.passedBefore[place] = before.passed[place] ?? -1;
      this.answeredBefore[place] = before.answered[place] ?? -1;
      return;
    }
    const earlier = countMarks(before, place);
    if (earlier.answered === 0) return;
    this.passedBefore[place] = earlier.passed;
    this.answeredBefore[place] = earlier.answered;
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

  idOf(place: number): string {
    return this.#index.ids[place] ?? "";
  }

  placeOf(id: string): number | undefined {
    this.#places ??= new Map(this.#index.ids.map((one, place) => [one, place]));
    return this.#places.get(id);
  }

  inputOf(place: number): string {
    return this.#index.inputs[place] ?? "";
  }

  tagsOf(place: number): string[] {
    const set = this.#index.tag_sets[this.#index.tag_set_of[place] ?? -1] ?? [];
    return set.map((tag) => this.#index.tags[tag] ?? "");
  }

  /** Letters of its trials: p passed, f failed, e errored, ? not scored, - not asked. */
  marksOf(place: number): string {
    return marksAt(this.#index.now, place);
  }

  /** The same of the other side; null where only counts are known. */
  marksBefore(place: number): string | null {
    const { before } = this.#index;
    return before === null || before.width === 0 ? null : marksAt(before, place);
  }

  changeOf(place: number): Change {
    return CHANGES[(this.#index.changes[place] ?? "").toLowerCase()] ?? null;
  }

  /** The change is more than chance would do. */
  isSure(place: number): boolean {
    return /[A-Z]/.test(this.#index.changes[place] ?? "");
  }

  /** Mean of a scorer; null where it scored nothing. @param scorer its place in `scorers` */
  scoreOf(scorer: number, place: number): number | null {
    return this.#index.scores[scorer]?.[place] ?? null;
  }

  latencyOf(place: number): number | null {
    return this.#index.latency_ms[place] ?? null;
  }

  /** Share of passed trials; null without an answer. */
  shareOf(place: number): number | null {
    return share(this.passed[place], this.answered[place]);
  }

  shareBefore(place: number): number | null {
    return share(this.passedBefore[place], this.answeredBefore[place]);
  }
}

function share(passed = 0, answered = 0): number | null {
  return answered > 0 ? passed / answered : null;
}

interface Marks {
  readonly width: number;
  readonly marks: string;
}

function marksAt({ marks, width }: Marks, place: number): string {
  return marks.slice(place * width, (place + 1) * width).trimEnd();
}

const [P, F, E, UNSCORED] = ["p", "f", "e", "?"].map((letter) => letter.charCodeAt(0));

function countMarks({ marks, width }: Marks, place: number) {
  let [passed, answered, errored] = [0, 0, 0];
  for (let at = place * width; at < (place + 1) * width; at++) {
    const code = marks.charCodeAt(at);
    if (code === P) passed++;
    if (code === P || code === F || code === UNSCORED) answered++;
    else if (code === E) errored++;
  }
  return { passed, answered, errored };
}
