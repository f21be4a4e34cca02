import type { Case, CaseSource } from "../domain/case.ts";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import type { Problem } from "../domain/problem.ts";
import type { LoadedSuite } from "../domain/project.ts";
import type { OpenScorer } from "../domain/scorer.ts";
import type { Suite } from "../domain/suite.ts";
import { writtenTurns } from "../domain/written-turns.ts";
import { type ProblemList, problemList, SHOWN } from "./dataset-problems.ts";

/** A scorer that can also tell why a case cannot be scored. */
export interface CheckingScorer extends Pick<OpenScorer, "name" | "reads" | "required"> {
  refuses?(golden: Case): string | undefined;
}

/**
 * Checks, in one pass over the dataset, that the cases fit the suite: each case has the values that the suite's scorers
 * read, each critical selector matches a case, and the filter includes at least one case.
 *
 * @param scorers opened, in the suite's order
 */
export function checkCases(
  { suite, places }: LoadedSuite,
  cases: CaseSource,
  scorers: readonly CheckingScorer[],
): readonly Problem[] {
  const problems = problemList(cases.path);
  const seen = new SeenCases(suite);
  const readers = scorers.map((scorer) => ({
    scorer,
    reads: scorer.reads.map((path) => new ReadPath(path, scorer.name, problems)),
  }));
  for (let index = 0; index < cases.count; index++) {
    const golden = cases.read(index);
    if (!seen.add(golden)) continue;
    addTurnsProblem(suite, golden, cases, index, problems);
    const { scorers: own } = golden;
    if (own !== undefined) addScorerProblems(golden, own, { scorers, cases, index, problems });
    for (const { scorer, reads } of readers) {
      if (own?.includes(scorer.name) === false) continue;
      const place = { path: cases.path, line: cases.line(index), column: 1 };
      const missing = reads.find((one) => !one.isIn(golden));
      if (missing !== undefined) missing.lacks(golden, place);
      else addRefusal(golden, scorer, place, (problem) => problems.add(problem));
    }
  }
  const nowhere = readers.flatMap(({ scorer, reads }) =>
    reads.flatMap((one) => one.nowhere(placeOfScorer(suite, places, scorer.name))),
  );
  return [...nowhere, ...problems.all(), ...seen.problems(places, cases)];
}

/** A path that a scorer reads in every case, and the cases that lack it. */
class ReadPath {
  readonly #path: string;
  readonly #steps: Steps;
  readonly #scorer: string;
  readonly #problems: ProblemList;
  /** The problems found so far, as long as no case has the path. If no case has it, one problem replaces them all. */
  #held: Problem[] = [];
  /** Number of further cases without the path, whose problems a full list only counts. */
  #more = 0;
  #lacking = 0;
  #isSomewhere = false;
  #first: { readonly golden: Case; readonly place: Place } | undefined;

  constructor(path: string, scorer: string, problems: ProblemList) {
    this.#path = path;
    this.#steps = pathSteps(path);
    this.#scorer = scorer;
    this.#problems = problems;
  }

  isIn(golden: Case): boolean {
    if (!isThere(golden, this.#steps)) return false;
    this.#isSomewhere = true;
    return true;
  }

  lacks(golden: Case, place: Place): void {
    const problem = missingOperand(golden.id, this.#path, this.#scorer, place);
    this.#first ??= { golden, place };
    this.#lacking++;
    if (this.#isSomewhere) {
      this.#release();
      this.#problems.add(problem);
    } else if (this.#held.length < SHOWN) this.#held.push(problem);
    else this.#more++;
  }

  /**
   * One problem if several cases were read and none has the path. If the first case has a nearly equal path, the path is
   * probably misspelt in the suite, and the problem is located in the suite.
   */
  nowhere(ofScorer: Place): Problem[] {
    const first = this.#first;
    if (this.#isSomewhere || this.#lacking < 2 || first === undefined) {
      this.#release();
      return [];
    }
    const meant = nearPath(first.golden, this.#steps, this.#path);
    const what = `None of the ${this.#lacking} cases has ${this.#path}, which the scorer "${this.#scorer}" reads.`;
    const { why, fix } = missingOperand("", this.#path, this.#scorer, first.place);
    const code = "EVALS_CASE_NO_EXPECTED";
    if (meant === undefined)
      return [{ code, ...first.place, what, why, fix: fix.replace("the case", "the cases") }];
    return [{ code, ...ofScorer, what: `${what} Did you mean "${meant}"?`, why, fix: `against: ${meant}` }];
  }

  #release(): void {
    const [first] = this.#held;
    for (const problem of this.#held) this.#problems.add(problem);
    for (; this.#more > 0; this.#more--) if (first !== undefined) this.#problems.add(first);
    this.#held = [];
  }
}

/** Location in the suite's file of a scorer's `against`; for a scorer without `against`, of the scorer's entry. */
function placeOfScorer(suite: Suite, places: LoadedSuite["places"], name: string): Place {
  const index = suite.scorers.findIndex((one) => (one.name ?? one.type) === name);
  const entry = suite.scorers[index];
  const key = entry !== undefined && "against" in entry ? ["against"] : [];
  return { path: places.path, ...places.at(["scorers", index, ...key]) };
}

/**
 * A dotted path with its first missing name replaced by a similar one that the case has; undefined if there is none.
 */
function nearPath(golden: Case, steps: Steps, path: string): string | undefined {
  if (path !== steps.join(".")) return undefined;
  let here: unknown = golden;
  for (const [at, step] of steps.entries()) {
    if (here === null || typeof here !== "object") return undefined;
    const next: unknown = Object.hasOwn(here, step) ? (here as Record<string, unknown>)[step] : undefined;
    if (next === undefined) {
      const meant = nearest(String(step), Object.keys(here));
      return meant === undefined ? undefined : steps.with(at, meant).join(".");
    }
    here = next;
  }
  return undefined;
}

/**
 * Whether a suite's filter includes a case. If the filter lists tags, the case must have one of these tags. If it lists
 * ids, the case must have one of these ids. If it lists both, both conditions must hold.
 */
export function filterMatches(filter: Suite["filter"], golden: Pick<Case, "id" | "tags">): boolean {
  if (filter?.tags !== undefined && !filter.tags.some((tag) => golden.tags.includes(tag))) return false;
  return filter?.cases === undefined || filter.cases.includes(golden.id);
}

/** Records which of the tags and ids that the suite names occur in its dataset. */
class SeenCases {
  readonly #suite: Suite;
  readonly #tags = new Set<string>();
  readonly #ids = new Set<string>();
  readonly #chosenTags = new Set<string>();
  readonly #chosenIds = new Set<string>();
  readonly #named: ReadonlySet<string>;
  #chosen = 0;

  constructor(suite: Suite) {
    this.#suite = suite;
    const critical = suite.gate.critical.filter((selector) => selector.startsWith("case:"));
    this.#named = new Set([...(suite.filter?.cases ?? []), ...critical.map((selector) => selector.slice(5))]);
  }

  /** @returns whether the suite's filter includes the case */
  add(golden: Case): boolean {
    const chosen = filterMatches(this.#suite.filter, golden);
    if (chosen) this.#chosen++;
    for (const tag of golden.tags) {
      this.#tags.add(tag);
      if (chosen) this.#chosenTags.add(tag);
    }
    if (this.#named.has(golden.id)) {
      this.#ids.add(golden.id);
      if (chosen) this.#chosenIds.add(golden.id);
    }
    return chosen;
  }

  problems(places: LoadedSuite["places"], cases: CaseSource): Problem[] {
    const { filter, gate } = this.#suite;
    const at = (path: readonly PropertyKey[]) => ({ path: places.path, ...places.at(path) });
    const problems: Problem[] = [];
    for (const [index, id] of (filter?.cases ?? []).entries()) {
      if (!this.#ids.has(id))
        problems.push({ ...noCase(id, cases, "cases: ["), ...at(["filter", "cases", index]) });
    }
    for (const [index, tag] of (filter?.tags ?? []).entries()) {
      if (!this.#tags.has(tag))
        problems.push({ ...noTag(tag, this.#tags, "tags: ["), ...at(["filter", "tags", index]) });
    }
    if (this.#chosen === 0 && problems.length === 0) problems.push({ ...nothingChosen(), ...at(["filter"]) });
    for (const [index, selector] of gate.critical.entries()) {
      const problem = this.#criticalProblem(selector, cases);
      if (problem !== undefined) problems.push({ ...problem, ...at(["gate", "critical", index]) });
    }
    return problems;
  }

  #criticalProblem(selector: string, cases: CaseSource): Problem | undefined {
    const name = selector.slice(selector.indexOf(":") + 1);
    const isTag = selector.startsWith("tag:");
    // A selector of another kind was already reported as a mistake in the suite's file.
    if (!isTag && !selector.startsWith("case:")) return undefined;
    if ((isTag ? this.#chosenTags : this.#chosenIds).has(name)) return undefined;
    if ((isTag ? this.#tags : this.#ids).has(name)) return filteredOut(selector);
    return isTag ? noTag(name, this.#tags, "critical: [tag:") : noCase(name, cases, "critical: [case:");
  }
}

type Steps = readonly (string | number)[];

/** Splits a path: `expected.items[0]["my key"]` becomes `expected`, `items`, 0, `my key`. */
function pathSteps(path: string): Steps {
  const steps = path.matchAll(/\.?([^.[\]]+)|\[(\d+)\]|\[(?:"([^"]*)"|'([^']*)')\]/g);
  return Array.from(steps, ([, name, index, double, single]) => {
    return index === undefined ? (name ?? double ?? single ?? "") : Number(index);
  });
}

function isThere(golden: Case, steps: Steps): boolean {
  let here: unknown = golden;
  for (const step of steps) {
    if (here === null || typeof here !== "object" || !Object.hasOwn(here, step)) return false;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here !== undefined;
}

type Place = Required<Pick<Problem, "path" | "line" | "column">>;

function addRefusal(
  golden: Case,
  scorer: CheckingScorer,
  place: Place,
  add: (problem: Problem) => void,
): void {
  const refusal = scorer.refuses?.(golden);
  if (refusal === undefined) return;
  add({
    code: "EVALS_CASE_OPERAND",
    ...place,
    what: `The scorer "${scorer.name}" cannot use this case: ${refusal}.`,
    why: "No trial of this case can be scored, however good its answer is.",
    fix: "Correct the case, or let the scorer read another part of the case with against: <path>",
  });
}

/** Adds a problem when the suite takes the user's messages from each case and this case has none. */
function addTurnsProblem(
  { user }: Suite,
  golden: Case,
  cases: CaseSource,
  index: number,
  problems: ProblemList,
): void {
  if (user?.turns === undefined || writtenTurns(user.turns, golden.input) !== undefined) return;
  problems.add({
    code: "EVALS_CASE_TURNS",
    path: cases.path,
    line: cases.line(index),
    column: 1,
    what: `Case "${golden.id}" has no list of turns in ${user.turns}.`,
    why: "The suite takes the person's messages from this list, so without it nothing would be said.",
    fix: '"turns": ["Hello, …", {"say": "And then?", "expect": "…"}]',
  });
}

interface CaseReading {
  readonly scorers: readonly CheckingScorer[];
  readonly cases: CaseSource;
  readonly index: number;
  readonly problems: ProblemList;
}

/** Adds problems when a case names a scorer that the suite does not have, or names no required scorer. */
function addScorerProblems(
  { id }: Case,
  own: readonly string[],
  { scorers, cases, index, problems }: CaseReading,
): void {
  const place = { path: cases.path, line: cases.line(index), column: 1 };
  const names = scorers.map(({ name }) => name);
  const unknown = own.filter((name) => !names.includes(name));
  for (const name of unknown)
    problems.add({
      code: "EVALS_CASE_SCORERS",
      ...place,
      what: `Case "${id}" names a scorer "${name}" that the suite does not have.${didYouMean(name, names)}`,
      why: "The case would be scored by fewer scorers than it names.",
      fix: `Name some of: ${names.join(", ")}.`,
    });
  if (unknown.length > 0 || scorers.some(({ name, required }) => required && own.includes(name))) return;
  problems.add({
    code: "EVALS_CASE_SCORERS",
    ...place,
    what: `Case "${id}" names no required scorer, only ${own.join(", ")}.`,
    why: "Nothing could fail the case, so it would always pass.",
    fix: "Name a required scorer too, or delete `scorers` from the case.",
  });
}

function missingOperand(id: string, path: string, scorer: string, place: Place): Problem {
  return {
    code: "EVALS_CASE_NO_EXPECTED",
    ...place,
    what: `Case "${id}" has no ${path}, which the scorer "${scorer}" reads.`,
    why: "Without a value to compare with, the answer could be neither right nor wrong.",
    fix: `Add it to the case, or give the scorer a value of its own: value: …`,
  };
}

type Placeless = Omit<Problem, "path" | "line" | "column">;

function noCase(id: string, cases: CaseSource, before: string): Placeless {
  const ids = Array.from({ length: Math.min(cases.count, 5000) }, (_, index) => cases.id(index));
  return {
    code: "EVALS_SELECTOR_EMPTY",
    what: `There is no case "${id}" in ${cases.path}.${didYouMean(id, ids)}`,
    why: "The suite would silently run or protect fewer cases than it names.",
    fix: `${before}${nearest(id, ids) ?? "<id>"}], or remove it.`,
  };
}

function noTag(tag: string, tags: ReadonlySet<string>, before: string): Placeless {
  const all = [...tags];
  return {
    code: "EVALS_SELECTOR_EMPTY",
    what: `No case has the tag "${tag}".${didYouMean(tag, all)}`,
    why: "The suite would silently run or protect fewer cases than it names.",
    fix: `${before}${nearest(tag, all) ?? "<tag>"}], or give a case the tag${all.length > 0 ? ` (existing tags: ${all.slice(0, 10).join(", ")})` : ""}.`,
  };
}

function nothingChosen(): Placeless {
  return {
    code: "EVALS_SELECTOR_EMPTY",
    what: "The filter of this suite lets no case through.",
    why: "A suite without cases would pass without asking anything.",
    fix: "A case runs if it has one of the tags and one of the ids that the filter lists (a filter may list only tags, or only ids): add a tag or an id to the filter.",
  };
}

function filteredOut(selector: string): Placeless {
  return {
    code: "EVALS_SELECTOR_EMPTY",
    what: `The filter of this suite leaves out every case of ${selector}.`,
    why: "A critical case that is never asked cannot fail the gate.",
    fix: "Widen the filter, or remove the selector.",
  };
}
