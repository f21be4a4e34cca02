import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Case, CaseSource } from "../../domain/case.ts";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { JudgeBar } from "../../domain/judge-bar.ts";
import type { Label } from "../../domain/label.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { LoadedSuite, Project } from "../../domain/project.ts";
import { readCalibration } from "../../labels/calibration-file.ts";
import { readLabels } from "../../labels/label-file.ts";
import {
  labelCommand,
  labelsOf,
  measuredNames,
  unassignedLabels,
  wordsForOf,
} from "../../labels/label-of.ts";
import { labelsPath } from "../../labels/labels-path.ts";
import { type MeasuredScorer, measuredScorers } from "../../labels/measured-scorers.ts";
import { SCORER_VERSION } from "../../labels/trust.ts";
import { type JudgeVerdict, readVerdicts } from "../../labels/verdict-file.ts";
import { findVersion, JUDGES } from "../../project/version-files.ts";
import { workTree } from "../../project/work-tree.ts";
import type { Environment } from "../environment.ts";
import { locate, openProject } from "../project/open-project.ts";
import { suiteNames } from "../project/suite-names.ts";

/** A judge and its labels, as read from files. No model is needed. */
export interface CalibrationSubject {
  /** Absolute path of the project root. */
  readonly root: string;
  readonly judge: string;
  /** Exact semver. */
  readonly version: string;
  readonly suite: string;
  /** The suite's labels that measure the judge. */
  readonly labels: readonly Label[];
  /** The command that adds labels. */
  readonly labelCommand: string;
  readonly verdicts: readonly JudgeVerdict[];
  /** Null when the project has mistakes; see `troubles`. */
  readonly project: Project | null;
  /** The suite as loaded with the project; null when `project` is null, or does not have the suite. */
  readonly loaded: LoadedSuite | null;
  readonly troubles: readonly Problem[];
  readonly bar: JudgeBar;
  /** Whether other suites have labels too, so that some of this judge's verdicts may be for them. */
  readonly shared: boolean;
  /** Cases by id; null when the dataset cannot be read. */
  readonly cases: ReadonlyMap<string, Case> | null;
}

/**
 * Reads everything that a calibration depends on.
 *
 * @param spec `name` or `name@1.2.0`
 * @throws {EvalsError} for an unknown judge, a suite that cannot be determined, or a file with mistakes
 */
export async function readSubject(
  io: Environment,
  spec: string,
  options: { readonly directory?: string | undefined; readonly suite?: string | undefined },
): Promise<CalibrationSubject> {
  const root = rootOf(io, options.directory);
  const suite = options.suite ?? onlySuite(root);
  const { project, troubles } = await openTolerantly(io, options.directory, suite);
  const loaded = project?.suites.find((one) => one.name === suite) ?? null;
  const { name, version } = await judgeVersion(root, specOf(loaded, spec), scorerNames(loaded));
  const all = readLabels(root, suite);
  const scorers = measuredScorers(loaded?.scorers ?? []);
  if (all.length === 0) {
    const judge = wordsForOf(scorers).includes(name) ? name : (measuredNames(scorers)[0] ?? name);
    throw noLabels(root, suite, loaded === null ? undefined : labelCommand(suite, judge, scorers));
  }
  const labels = labelsOf(all, name, scorers);
  if (labels.length === 0) throw noneOfJudge(suite, name, { all, scorers });
  // The calibration file is read here only so that a mistake in it is reported before anything is paid.
  readCalibration(root, name, version);
  return {
    root,
    judge: name,
    version,
    suite,
    labels,
    labelCommand: labelCommand(suite, name, scorers),
    verdicts: readVerdicts(root, name, version),
    shared: labelledSuites(root).some((other) => other !== suite),
    project,
    loaded,
    troubles,
    bar: JudgeBar.parse(loaded?.suite.gate.judge ?? {}),
    cases: loaded === null ? null : await casesOf(loaded),
  };
}

/** The project root. Without an evalconfig.yaml, a folder that has labels and verdicts counts as the root. */
function rootOf(io: Environment, directory: string | undefined): string {
  try {
    return locate(io, directory).root;
  } catch (error) {
    const here = resolve(io.cwd, directory ?? ".");
    if (error instanceof EvalsError && existsSync(join(here, "labels"))) return here;
    throw error;
  }
}

async function openTolerantly(io: Environment, directory: string | undefined, suite: string) {
  try {
    return { project: await openProject(io, { directory, suites: [suite] }), troubles: [] };
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    return { project: null, troubles: error.problems };
  }
}

/**
 * `spec` if it names a version; otherwise the judge with the version that the suite uses. A judge may also be named by
 * its scorer in the suite, as labels name it.
 */
function specOf(loaded: LoadedSuite | null, spec: string): string {
  if (spec.includes("@")) return spec;
  const used = (loaded?.suite.scorers ?? []).flatMap(({ type, name, judge }) =>
    type === "judge" && typeof judge === "string" ? [{ name: name ?? type, judge }] : [],
  );
  const found =
    used.find(({ judge }) => judge === spec || judge.startsWith(`${spec}@`)) ??
    used.find(({ name }) => name === spec);
  return found?.judge ?? spec;
}

/** Names of the suite's scorers that are not judges. A model-based scorer is calibrated under its own name. */
function scorerNames(loaded: LoadedSuite | null): string[] {
  return (loaded?.suite.scorers ?? []).flatMap((entry) =>
    entry.type === "judge" ? [] : [entry.name ?? entry.type],
  );
}

/**
 * The judge and its version, from the judge's file. If there is no such file, the highest version with a file of
 * verdicts, which another tool may have made; a scorer that is not a judge has a fixed version.
 */
async function judgeVersion(
  root: string,
  spec: string,
  scorers: readonly string[],
): Promise<{ name: string; version: string }> {
  const [name = spec, wanted] = spec.split("@", 2);
  try {
    return await findVersion(workTree(root), JUDGES, spec);
  } catch (error) {
    const made = verdictVersions(root, name).filter((one) => wanted === undefined || one === wanted);
    const version = made.at(-1);
    if (version !== undefined) return { name, version };
    if (scorers.includes(spec)) return { name: spec, version: SCORER_VERSION };
    throw error;
  }
}

/** The versions of a judge that have a file of verdicts, lowest version first. */
function verdictVersions(root: string, judge: string): string[] {
  const folder = join(root, "judges", judge);
  if (!/^[\w.-]+$/.test(judge)) return [];
  const numbers = (version: string): string =>
    version
      .split(/[.+-]/)
      .map((part) => part.padStart(8, "0"))
      .join(".");
  return filesIn(folder)
    .flatMap((file) => /^(.+)\.verdicts\.jsonl$/.exec(file)?.[1] ?? [])
    .sort((a, b) => (numbers(a) < numbers(b) ? -1 : 1));
}

/** Names in a folder; empty when it does not exist. */
function filesIn(folder: string): string[] {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? readdirSync(folder) : [];
}

function labelledSuites(root: string): string[] {
  return filesIn(join(root, "labels"))
    .flatMap((file) => /^(.+)\.jsonl$/.exec(file)?.[1] ?? [])
    .sort();
}

function onlySuite(root: string): string {
  const suites = labelledSuites(root);
  const [only] = suites;
  if (only !== undefined && suites.length === 1) return only;
  throw new EvalsError({
    code: "EVALS_CALIBRATE_SUITE",
    what:
      only === undefined
        ? "There are no labels yet, so no judge can be compared with people."
        : `There are labels of ${suites.length} suites: ${suites.join(", ")}.`,
    why: "A judge is calibrated on the labels of one suite, because a judge that is good at one task may be bad at another.",
    fix: only === undefined ? "evals label <suite>" : `--suite ${only}`,
  });
}

/** The error when none of the suite's labels measures this judge. */
function noneOfJudge(
  suite: string,
  judge: string,
  { all, scorers }: { readonly all: readonly Label[]; readonly scorers: readonly MeasuredScorer[] },
): EvalsError {
  const open = unassignedLabels(all, scorers).length;
  const judges = measuredNames(scorers);
  const isUsed = scorers.length === 0 || wordsForOf(scorers).includes(judge);
  return new EvalsError({
    code: "EVALS_CALIBRATE_NO_LABELS",
    path: labelsPath(suite),
    what:
      open > 0 && isUsed
        ? `The suite "${suite}" has several judges (${judges.join(", ")}), and ${open} of its labels do not say which judge they measure.`
        : `No label of suite "${suite}" measures "${judge}"; the labels measure ${[...new Set(all.map((one) => one.of ?? judges.join(", ")))].join(", ")}.`,
    why: "A label answers the question of one judge, and says nothing about another judge.",
    fix:
      open > 0 && isUsed
        ? `evals label ${suite} --assign ${judge}, if these labels answer the question of this judge; else: ${labelCommand(suite, judge, scorers)}`
        : isUsed
          ? `evals label ${suite} --judge ${judge}`
          : `Suite ${suite} does not use "${judge}". Calibrate a judge that it uses: evals calibrate ${judges[0]} --suite ${suite}`,
  });
}

/** @param command adds labels; undefined for an unknown suite */
function noLabels(root: string, suite: string, command: string | undefined): EvalsError {
  const others = labelledSuites(root);
  const names = [...others, ...suiteNames(root)].filter((name) => name !== suite);
  return new EvalsError({
    code: "EVALS_CALIBRATE_NO_LABELS",
    path: labelsPath(suite),
    what: `There are no labels of suite "${suite}".${command === undefined ? didYouMean(suite, names) : ""}`,
    why: "A judge is measured by its agreement with people, and no person has judged an answer yet.",
    fix: command ?? (others.length === 0 ? `evals label ${suite}` : `--suite ${others[0]}`),
  });
}

async function casesOf(suite: LoadedSuite): Promise<ReadonlyMap<string, Case> | null> {
  let cases: CaseSource;
  try {
    cases = await suite.openCases();
  } catch (error) {
    // Labels and stored verdicts can be compared without the dataset. Only tags and new questions need it.
    if (error instanceof EvalsError) return null;
    throw error;
  }
  try {
    return new Map(Array.from({ length: cases.count }, (_, at) => [cases.id(at), cases.read(at)]));
  } finally {
    cases.close();
  }
}
