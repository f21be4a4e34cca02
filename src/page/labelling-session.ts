import type { Label } from "../domain/label.ts";
import type {
  ActOutcome,
  Judgement,
  Question,
  SessionSetup,
  SessionState,
  ShownQuestion,
} from "./labelling-shapes.ts";
import { type Check, plannedChecks, sameVerdicts } from "./self-check.ts";

type Act =
  | { readonly kind: "label"; readonly question: Question; readonly label: Label }
  | { readonly kind: "check"; readonly question: Question; readonly check: Check }
  | { readonly kind: "skip"; readonly question: Question };

/** The labelling session of one rater; every step is stored before the next answer is shown. */
export class LabellingSession {
  readonly #setup: SessionSetup;
  /**
   * Remaining questions in order. Null stands for a check: the rater judges an answer a second time. The answer is
   * chosen only when it is the check's turn.
   */
  #queue: (Question | null)[];
  readonly #acts: Act[] = [];
  readonly #checks: Check[];
  #current: Question | null = null;
  #draft: Judgement | undefined;
  #currentIsCheck = false;

  constructor(setup: SessionSetup) {
    this.#setup = setup;
    this.#checks = [...setup.checks];
    const labels = new Map(setup.labels.map((label) => [keyOf(label), label]));
    const open: Question[] = [];
    for (const question of setup.questions) {
      const label = labels.get(keyOf(question));
      if (label === undefined) open.push(question);
      else this.#acts.push({ kind: "label", question, label });
    }
    const asked = new Map(setup.questions.map((question) => [keyOf(question), question]));
    for (const check of this.#checks) {
      const question = asked.get(keyOf(check));
      if (question !== undefined) this.#acts.push({ kind: "check", question: asCheck(question), check });
    }
    const checked = this.#acts.filter((act) => act.kind === "check").length;
    this.#acts.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
    const size = { picked: setup.questions.length, open: open.length, checked };
    const checks = setup.purpose === "label" ? plannedChecks(size, setup.known.length > 0) : [];
    this.#queue = open.flatMap((question, at) => (checks.includes(at) ? [null, question] : [question]));
    this.#next();
  }

  /** Number of questions that are still to be asked, the current one included; skipped answers are not counted. */
  get left(): number {
    return this.#queue.length + (this.#current === null ? 0 : 1);
  }

  state(): SessionState {
    const { suite, rater, purpose, criteria } = this.#setup;
    const given = this.#acts.flatMap((act) => (act.kind === "label" ? [act.label.verdict] : []));
    const count = (verdict: Label["verdict"]): number => given.filter((one) => one === verdict).length;
    return {
      ...{ suite, rater, purpose, criteria },
      done: this.#acts.length,
      total: this.#acts.length + this.left,
      skipped: this.#skipped().length,
      canUndo: this.#acts.length > 0,
      question: this.#current === null ? null : shown(this.#current, this.#draft),
      counts: { pass: count("pass"), fail: count("fail"), unsure: count("unsure") },
      agreement: this.left > 0 || this.#checks.length === 0 ? null : sameVerdicts(this.#checks),
    };
  }

  judge(id: string, judgement: Judgement): ActOutcome {
    const question = this.#current;
    if (question === null || question.id !== id) return this.#wasSaid(id, judgement);
    const label = this.#labelOf(question, judgement);
    if (this.#currentIsCheck) this.#check(question, label);
    else {
      this.#setup.book.save(label);
      this.#acts.push({ kind: "label", question, label });
    }
    this.#next();
    return "done";
  }

  skip(id: string): ActOutcome {
    const question = this.#current;
    if (question === null || question.id !== id) {
      const last = this.#acts.at(-1);
      return last?.kind === "skip" && last.question.id === id ? "repeated" : "not-asked-now";
    }
    this.#acts.push({ kind: "skip", question });
    this.#next();
    return "done";
  }

  /**
   * Undoes the last step: the answer of that step is asked again, with the earlier verdict as a draft.
   *
   * @param done number of steps known to the page; a repeated request undoes only one step
   */
  undo(done: number): ActOutcome {
    const act = this.#acts.at(-1);
    if (act === undefined) return "not-asked-now";
    if (this.#acts.length !== done) return "repeated";
    if (act.kind === "label") this.#setup.book.remove(act.label);
    if (act.kind === "check") {
      this.#setup.book.dropCheck(act.check);
      this.#checks.splice(this.#checks.indexOf(act.check), 1);
    }
    this.#acts.pop();
    if (this.#current !== null) this.#queue.unshift(this.#currentIsCheck ? null : this.#current);
    this.#current = act.question;
    this.#currentIsCheck = act.kind === "check";
    this.#draft = draftOf(act);
    return "done";
  }

  /** Asks the skipped answers again. */
  again(): ActOutcome {
    const skipped = this.#skipped();
    if (this.left > 0 || skipped.length === 0) return "not-asked-now";
    for (const act of skipped) this.#acts.splice(this.#acts.indexOf(act), 1);
    this.#queue = skipped.map((act) => act.question);
    this.#next();
    return "done";
  }

  #skipped(): Act[] {
    return this.#acts.filter((act) => act.kind === "skip");
  }

  #next(): void {
    this.#draft = undefined;
    this.#current = null;
    while (this.#current === null && this.#queue.length > 0) {
      const next = this.#queue.shift();
      this.#currentIsCheck = next === null;
      this.#current = next ?? this.#pickCheck();
    }
  }

  /**
   * Picks a random answer that this rater has labelled, that was not checked yet, and that is not among the last
   * `RECENT` answers; null when there is none.
   */
  #pickCheck(): Question | null {
    const recent = this.#acts.slice(-RECENT).map((act) => keyOf(act.question));
    const checked = this.#checks.map(keyOf);
    const labelled = this.#acts.flatMap((act) => (act.kind === "label" ? [act.question] : []));
    const candidates = [...this.#setup.known, ...labelled].filter(
      (one) =>
        this.#firstVerdict(one) !== undefined &&
        !recent.includes(keyOf(one)) &&
        !checked.includes(keyOf(one)),
    );
    const question = candidates[Math.floor(this.#setup.random() * candidates.length)];
    return question === undefined ? null : asCheck(question);
  }

  #firstVerdict(question: Question): Label["verdict"] | undefined {
    const key = keyOf(question);
    const given = this.#acts.find((act) => act.kind === "label" && keyOf(act.label) === key);
    if (given?.kind === "label") return given.label.verdict;
    return this.#setup.labels.find((label) => keyOf(label) === key)?.verdict;
  }

  #check(question: Question, label: Label): void {
    const first = this.#firstVerdict(question) ?? label.verdict;
    const { case: id, answer_hash, rater, at, verdict } = label;
    const check = { case: id, answer_hash, rater, first, again: verdict, at };
    this.#setup.book.noteCheck(check);
    this.#checks.push(check);
    this.#acts.push({ kind: "check", question, check });
  }

  /**
   * The outcome of a verdict on an answer that is not the current question: `repeated` when the verdict was stored
   * before and the page, which got no reply, has sent it again.
   */
  #wasSaid(id: string, judgement: Judgement): ActOutcome {
    const act = this.#acts.findLast(({ question }) => question.id === id);
    if (act === undefined || act.kind === "skip") return "not-asked-now";
    const verdict = act.kind === "check" ? act.check.again : act.label.verdict;
    return verdict === judgement.verdict ? "repeated" : "not-asked-now";
  }

  #labelOf({ case: id, answer_hash, answer, picked, weight }: Question, judgement: Judgement): Label {
    const { verdict, criteria, comment } = judgement;
    const text = comment?.trim() ?? "";
    return {
      ...{ case: id, answer_hash, answer, rater: this.#setup.rater, verdict },
      ...(criteria === undefined || Object.keys(criteria).length === 0 ? {} : { criteria }),
      ...(text === "" ? {} : { comment: text }),
      ...{ at: this.#setup.now().toISOString(), picked, weight },
    };
  }
}

/** Number of last answers that are not picked for a check, so that the rater does not remember the first verdict. */
const RECENT = 10;

const keyOf = ({ case: id, answer_hash }: Pick<Label, "case" | "answer_hash">): string =>
  `${answer_hash} ${id}`;
const timeOf = (act: Act): string =>
  act.kind === "label" ? act.label.at : act.kind === "check" ? act.check.at : "";
/** The question of a check, with an id of its own. The page shows a check like any other question. */
const asCheck = (question: Question): Question => ({ ...question, id: `${question.id}-` });

function draftOf(act: Act): Judgement | undefined {
  if (act.kind === "skip") return undefined;
  if (act.kind === "check") return { verdict: act.check.again };
  const { verdict, criteria, comment } = act.label;
  return { verdict, criteria, comment };
}

function shown(question: Question, draft: Judgement | undefined): ShownQuestion {
  const { id, case: of, input, expected, answer, opinions } = question;
  return { id, case: of, input, expected, answer, opinions, draft };
}
