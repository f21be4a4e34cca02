import type { Case, CaseSource } from "../domain/case.ts";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import type { Problem } from "../domain/problem.ts";
import type { LoadedSuite } from "../domain/project.ts";
import type { OpenScorer } from "../domain/scorer.ts";
import type { Suite } from "../domain/suite.ts";
import { writtenTurns } from "../domain/written-turns.ts";
import { type ProblemList, problemList } from "./dataset-problems.ts";

/** A scorer that can also tell why a case cannot be scored. */
export interface CheckingScorer extends Pick<OpenScorer, "name" | "reads" | "required"> {
  refuses?(golden: Case): string | undefined;
}

/** A path that a scorer reads in every case, and how many cases lack it. */
export interface ReadPath {
  readonly scorer: string;
  readonly path: string;
  readonly steps: Steps;
  read: number;
  lacking: number;
  /** The first case without the path: its index in the dataset, from 0. */
  first: number;
}

/**
 * Checks that the cases fit the suite: each case has the values that the suite's scorers read, each critical selector
 * matches a case, and the filter includes at least one case. A path that no case has is one problem, not one a case.
 *
 * @param scorers opened, in the suite's order
 */
export async function checkCases(
  loaded: LoadedSuite,
  cases: CaseSource,
  scorers: readonly CheckingScorer[],
): Promise<readonly Problem[]> {
  const { problems, paths } = checkEach(loaded, cases, scorers, []);
  const nowhere = paths.filter(({ read, lacking }) => lacking > 1 && lacking === read);
  if (nowhere.length === 0) return problems;
  const { inNoCase } = await import("./path-in-no-case.ts");
  const others = checkEach(loaded, cases, scorers, nowhere);
  return [...nowhere.map((one) => inNoCase(one, loaded, cases)), ...others.problems];
}

/** One pass over the dataset. @param known paths whose absence is reported otherwise */
function checkEach(
  { suite, places }: LoadedSuite,
  cases: CaseSource,
  scorers: readonly CheckingScorer[],
  known: readonly ReadPath[],
): { readonly problems: readonly Problem[]; readonly paths: readonly ReadPath[] } {
  const problems = problemList(cases.path);
  const seen = new SeenCases(suite);
  const readers = scorers.map((scorer) => ({
    scorer,
    reads: scorer.reads.map(
      (path): ReadPath => ({
        ...{ scorer: scorer.name, path, steps: pathSteps(path) },
        ...{ read: 0, lacking: 0, first: 0 },
      }),
    ),
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
      const missing = reads.find((one) => {
        one.read++;
        return !isThere(golden, one.steps);
      });
      if (missing === undefined) addRefusal(golden, scorer, place, (problem) => problems.add(problem));
      else {
        if (missing.lacking++ === 0) missing.first = index;
        if (!known.some(({ scorer, path }) => scorer === missing.scorer && path === missing.path))
          problems.add(missingOperand(golden.id, missing.path, scorer.name, place));
      }
    }
  }
  return {
    problems: [...problems.all(), ...seen.problems(places, cases)],
    paths: readers.flatMap(({ reads }) => reads),
  };
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
