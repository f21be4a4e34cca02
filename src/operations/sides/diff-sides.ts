import { baselinePath } from "../../baselines/baseline-file.ts";
import { seriesOf } from "../../baselines/drift-night.ts";
import { isAside } from "../../domain/aside-run.ts";
import { listedTarget, targetKey } from "../../domain/listed-target.ts";
import { allItems } from "../../domain/pages.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { BaselineFileAt } from "../../domain/report.ts";
import type { RunHeader } from "../../domain/run.ts";
import { storedReport } from "../../domain/stored-report.ts";
import { ambiguityNote } from "../../git/find-commit.ts";
import { readAtCommit, resolveCommit } from "../../git/repository.ts";
import type { ListedRun } from "../../store/reads.ts";
import type { StoredRun } from "../../store/store.ts";
import { findRun, newestRun } from "../project/find-run.ts";
import { suiteNames } from "../project/suite-names.ts";
import type { MissingSide, RunSides } from "./missing-sides.ts";
import { runOutputsFile, type SideContext } from "./outputs-side.ts";
import { type Pairing, pairSides, type SidePair } from "./pair-sides.ts";
import { isOfPrompt, type Meaning, meaningOf } from "./side-meaning.ts";
import { type SideSource, sourceOfBaseline, sourceOfRun } from "./side-source.ts";

/** The two words of `evals diff`, and where their meaning is looked up. */
export interface SidesInput extends SideContext {
  readonly a: string;
  readonly b: string | undefined;
  /** Runs a side that has no result yet, for `--run-missing`; null without this option. */
  readonly runMissing: RunSides | null;
}

/**
 * Finds what two words mean: one pair of sides for each suite. A side is a stored run, or a baseline in a commit. A
 * side without a result is run if `runMissing` is set.
 *
 * @throws {EvalsError} for a word that is unknown or ambiguous, and for a side that would have to be run
 */
export async function resolveSides(input: SidesInput): Promise<Pick<Pairing, "pairs" | "recorded">> {
  const first = await meaningOf(input.a, input);
  if (input.b === undefined && (first.kind === "run" || first.kind === "latest"))
    return { pairs: [await ownBaseline(input)], recorded: [] };
  const second = input.b === undefined ? ({ kind: "latest" } as const) : await meaningOf(input.b, input);
  for (const one of [first, second]) noteAmbiguity(one, input);
  const missing = [
    ...(await missingFrom(first, second, input)),
    ...(await missingFrom(second, first, input)),
  ];
  const suites = await suitesOf([first, second], missing, input);
  // The latest runs are read before missing sides are run: the user did not mean a run that is made only now.
  const head = first.kind === "ref" ? await resolveCommit(input.root, "HEAD") : null;
  const latest = (await Promise.all(suites.map((suite) => latestOf(suite, first, head, input)))).flat();
  const bases = await sidesOf(first, { suites, missing, latest }, input);
  const candidates = await sidesOf(second, { suites, missing, latest }, input);
  const pairing = await pairSides(
    { sides: bases, more: promotedIn(first) },
    { sides: candidates, more: promotedIn(second) },
    { anyModel: [first, second].every(isOneSide), input },
  );
  const { pairs } = pairing;
  if (pairs.length > 0) for (const line of pairing.left) input.io.notice(`${line}`);
  if (missing.length > 0 && input.runMissing === null) await reportMissing(missing, pairs, input);
  if (pairs.length + pairing.recorded.length === 0) throw nothingInCommon(input, bases, candidates, pairing);
  return pairing;
}

/** Says which of two refs with one name is meant, before anything is asked or refused. */
function noteAmbiguity(meaning: Meaning, { io }: SidesInput): void {
  const note = meaning.kind === "ref" ? ambiguityNote(meaning.at) : null;
  if (note !== null) io.notice(note);
}

/** Whether a word names one side, with whatever model it has. */
const isOneSide = ({ kind }: Meaning): boolean => kind === "run" || kind === "file" || kind === "baseline";

/**
 * The newest run of a suite for each of its targets. If the user named only one side, the runs of that side are
 * skipped. Runs older than that side are skipped too, because they cannot contain a later change, with two exceptions:
 * a run at HEAD when that side is a commit, and a run of another prompt when that side is a prompt.
 */
async function latestOf(
  suite: string,
  other: Meaning,
  head: string | null,
  { store, b }: SidesInput,
): Promise<StoredRun[]> {
  const all = await allItems((page) => store.read.runs({ suite }, page));
  const runs = all.filter((run) => !isAside(run));
  const isOther = ({ no, header }: ListedRun): boolean =>
    "sides" in other &&
    (other.sides.some((side) => side.run?.no === no) ||
      (other.kind === "ref" && header.commit === other.at.commit && header.dirty === false));
  const isPast = (run: ListedRun): boolean =>
    "sides" in other &&
    other.sides.some((side) => side.suite === suite && side.run !== null && side.run.no > run.no) &&
    (other.kind === "ref"
      ? run.header.commit !== head
      : other.kind === "prompt" && isOfPrompt(run, other.word));
  const newest = (b === undefined ? runs.find((run) => !isOther(run) && !isPast(run)) : undefined) ?? runs[0];
  const chosen = newest === undefined ? [] : newestOfEachTarget(newest, runs);
  const stored = await Promise.all(chosen.map(({ no }) => store.read.run(no)));
  return stored.flatMap((run) => run ?? []);
}

/**
 * The newest run of each target. A run counts only if its suite listed one or several models, and one or several
 * prompts, as it did for `newest`.
 */
function newestOfEachTarget(newest: ListedRun, runs: readonly ListedRun[]): ListedRun[] {
  const first = new Map([[targetKey(newest.header), newest]]);
  const kind = ({ header }: ListedRun): string =>
    `${header.one_of_several} ${header.one_of_prompts === true}`;
  for (const run of runs)
    if (kind(run) === kind(newest) && !first.has(targetKey(run.header)))
      first.set(targetKey(run.header), run);
  return [...first.values()];
}

/**
 * The suites that `one` has no runs of, and that must be run before `one` can be compared with `other`. `one` means a
 * commit or a prompt.
 */
async function missingFrom(one: Meaning, other: Meaning, input: SidesInput): Promise<MissingSide[]> {
  if (one.kind !== "ref" && one.kind !== "prompt") return [];
  const named = "sides" in other ? other.sides.map((side) => side.suite) : await newestSuite(input);
  const wanted = named.length > 0 ? [...new Set(named)] : null;
  if (wanted?.every((suite) => one.sides.some((side) => side.suite === suite))) return [];
  const { missingOf } = await import("./missing-sides.ts");
  const missing = await missingOf(one, wanted, input);
  return missing === null ? [] : [missing];
}

async function newestSuite({ store }: SidesInput): Promise<string[]> {
  const newest = await newestRun(store);
  return newest === undefined ? [] : [newest.header.suite];
}

async function reportMissing(
  missing: readonly MissingSide[],
  pairs: readonly SidePair[],
  input: SidesInput,
): Promise<void> {
  const { leftOut, notRunYet } = await import("./missing-sides.ts");
  const command = `evals diff ${[input.a, ...(input.b === undefined ? [] : [input.b])].join(" ")}`;
  if (pairs.length === 0) throw await notRunYet(missing, command, input);
  for (const line of leftOut(missing)) input.io.notice(`${line}`);
}

/**
 * The pair for a run that is named alone: the run, and the baseline that its gate, or its series of drift, compared it
 * with.
 */
async function ownBaseline({ store, root, a }: SidesInput): Promise<SidePair> {
  const run = await findRun(store, a);
  const candidate = await sourceOfRun(store, run);
  if (run.header.drift !== undefined) return baselineOfSeries(root, run.header, candidate);
  const { suite } = candidate;
  const gated = storedReport(run)?.comparison?.baseline;
  const stored = typeof gated?.run === "string" ? (await store.read.runsByPrefix(gated.run))[0] : undefined;
  if (stored !== undefined) return { suite, base: await sourceOfRun(store, stored), candidate };
  const file = gated === undefined ? null : (gated.file ?? fileOfText(gated.side));
  for (const ref of file === null
    ? []
    : [file.at, `refs/remotes/origin/${file.at}`, run.header.commit, "HEAD"]) {
    const text = file === null || ref === null ? null : await readAtCommit(root, ref, file.path);
    if (file === null || ref === null || text === null) continue;
    const base = sourceOfBaseline(text, file.path, file.at, ref);
    if (base.file?.fingerprint === gated?.fingerprint) return { suite, base, candidate };
  }
  throw noOwnBaseline(run.header.id, gated?.side ?? null);
}

/** The pair for a run of a drift series: the baseline of the series is looked up in git. */
async function baselineOfSeries(root: string, header: RunHeader, candidate: SideSource): Promise<SidePair> {
  const { suite, id, commit, drift } = header;
  const path = baselinePath(suite, listedTarget(header));
  for (const ref of ["HEAD", commit, "refs/remotes/origin/HEAD"]) {
    const text = ref === null ? null : await readAtCommit(root, ref, path);
    if (ref === null || text === null) continue;
    const base = sourceOfBaseline(text, path, ref === "HEAD" ? ref : ref.slice(0, 12), ref);
    if (base.file !== null && seriesOf(base.file) === drift?.series) return { suite, base, candidate };
  }
  throw noBaselineOfSeries(id, path);
}

/**
 * The baseline file that a report's description of a side names; null when it names none. Version 0.1.0 of evals
 * stored only this description.
 */
function fileOfText(side: string): BaselineFileAt | null {
  const [, path, at] = /^(\S+\.jsonl) at (.+?)(?:, scored again)?$/.exec(side) ?? [];
  return path === undefined || at === undefined ? null : { path, at };
}

/**
 * The baselines in the commit that a word means; empty for a word with another meaning. They are used when the
 * commit's newest run is already the other side.
 */
function promotedIn(meaning: Meaning): readonly SideSource[] {
  return meaning.kind === "ref" ? meaning.promoted : [];
}

async function suitesOf(
  meanings: readonly Meaning[],
  missing: readonly MissingSide[],
  input: SidesInput,
): Promise<string[]> {
  const named = meanings.flatMap((one) => ("sides" in one ? one.sides.map((side) => side.suite) : []));
  const toRun = missing.flatMap(({ suites }) => suites.map((one) => one.name));
  const all = [...new Set([...named, ...toRun])];
  if (all.length > 0) return all;
  const newest = await newestSuite(input);
  if (newest.length > 0 || !meanings.some((one) => one.kind === "file")) return newest;
  // Before the first run, files of outputs are taken as those of the project's only suite, if it has only one.
  const known = suiteNames(input.root);
  return known.length === 1 ? known : [];
}

interface Wanted {
  readonly suites: readonly string[];
  readonly missing: readonly MissingSide[];
  readonly latest: readonly StoredRun[];
}

async function sidesOf(
  meaning: Meaning,
  { suites, missing, latest }: Wanted,
  input: SidesInput,
): Promise<readonly SideSource[]> {
  const { store } = input;
  switch (meaning.kind) {
    case "run":
    case "baseline":
      return meaning.sides;
    case "latest":
      return Promise.all(latest.map((run) => sourceOfRun(store, run)));
    case "file": {
      const sides: SideSource[] = [];
      for (const suite of suites)
        sides.push(await sourceOfRun(store, await runOutputsFile(meaning.path, suite, input)));
      return sides;
    }
    case "ref":
    case "prompt": {
      const lacks = missing.find((one) => one.meaning === meaning);
      if (lacks === undefined || input.runMissing === null) return meaning.sides;
      const { runMissing } = await import("./missing-sides.ts");
      return runMissing(lacks, input, input.runMissing);
    }
    default:
      return meaning satisfies never;
  }
}

function noOwnBaseline(id: string, side: string | null): EvalsError {
  return new EvalsError({
    code: "EVALS_DIFF_NO_BASELINE",
    what:
      side === null
        ? `Run ${id} was not compared with a baseline.`
        : `Run ${id} was compared with ${side}, which is no longer in the history.`,
    why: "One run alone is compared with its own baseline; a difference needs two sides.",
    fix: `evals diff <baseline> ${id}    (\`evals history\` lists runs)`,
  });
}

function noBaselineOfSeries(id: string, path: string): EvalsError {
  return new EvalsError({
    code: "EVALS_DIFF_NO_BASELINE",
    what: `The baseline with which run ${id} was compared is neither in ${path} at HEAD nor in the commit of the run.`,
    why: "A run of evals drift is compared with the baseline of its series; another one was promoted since.",
    fix: `evals diff <baseline> ${id}    (\`evals log\` lists promotions)`,
  });
}

function nothingInCommon(
  { a, b }: SidesInput,
  bases: readonly SideSource[],
  candidates: readonly SideSource[],
  { same, models }: Pick<Pairing, "same" | "models">,
): EvalsError {
  const [one] = same;
  if (one !== undefined) return oneRun(a, b ?? "latest", one);
  const [apart] = models;
  if (apart !== undefined) return otherModels(a, b ?? "latest", apart);
  const suites = (sides: readonly SideSource[]): string =>
    [...new Set(sides.map((one) => one.suite))].join(", ") || "no suite";
  return new EvalsError({
    code: "EVALS_DIFF_NOTHING_COMMON",
    what: `${a} (${suites(bases)}) and ${b ?? "latest"} (${suites(candidates)}) are not two sides of one suite.`,
    why: "Sides are compared case by case within a suite.",
    fix:
      bases.length === 0 && candidates.length === 0
        ? "evals run <suite>    (a file of outputs is scored with the suite that was run last, and none was run yet)"
        : "`evals history` lists the runs of each suite",
  });
}

function oneRun(a: string, b: string, { base, candidate }: SidePair): EvalsError {
  const ids = [...candidate.madeOf].join(", ");
  return new EvalsError({
    code: "EVALS_DIFF_SAME_RUN",
    what:
      base.run !== null && candidate.run !== null && base.run.no === candidate.run.no
        ? `${a} and ${b} are both run ${candidate.run.header.id}.`
        : `${a} and ${b} have the same answers: those of run ${ids}.`,
    why: "A run does not differ from itself: the same answers on both sides would look like evidence.",
    fix: `evals run --no-cache, or name another side: evals diff ${a} <candidate>`,
  });
}

function otherModels(a: string, b: string, { suite, base, candidate }: SidePair): EvalsError {
  return new EvalsError({
    code: "EVALS_DIFF_OTHER_MODEL",
    what: `${a} is of model ${base.model ?? "unknown"} and ${b} of ${candidate.model ?? "unknown"}, for suite ${suite}.`,
    why: "The answers of one model say nothing about how another model has changed.",
    fix: `evals run ${suite} && evals diff ${a}; two models are compared by the ids of their runs (evals history ${suite})`,
  });
}
