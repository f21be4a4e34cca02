import { isSameRecording } from "../../baselines/same-recording.ts";
import { EvalsError } from "../../domain/problem.ts";
import { isRecording } from "../../domain/recorded-provider.ts";
import { isScoredFile } from "../../domain/scored-file.ts";
import { comparedName } from "../../reports/headline.ts";
import { openProject } from "../project/open-project.ts";
import type { SideContext } from "./outputs-side.ts";
import { isSameAnswers, type PlannedSuite, plannedSuites, type SideSource } from "./side-source.ts";

/** Two sides of one suite. */
export interface SidePair {
  readonly suite: string;
  readonly base: SideSource;
  readonly candidate: SideSource;
}

/** The sides that a word means, and others (`more`) that are used when a side would be compared with itself. */
export interface SideChoice {
  readonly sides: readonly SideSource[];
  readonly more: readonly SideSource[];
}

/** The pairs to compare, and the pairs that are not compared. */
export interface Pairing {
  readonly pairs: readonly SidePair[];
  /** Not compared: both sides would have the same answers. */
  readonly same: readonly SidePair[];
  /** Not compared: both sides answer from the same recording. */
  readonly recorded: readonly SidePair[];
  /** Not compared: the sides have different models. */
  readonly models: readonly SidePair[];
  /** A sentence for each suite or model that is not compared. */
  readonly left: readonly string[];
}

interface PairOptions {
  /** Whether both sides are named explicitly, so that their models may differ. */
  readonly anyModel: boolean;
  readonly input: SideContext;
}

/**
 * Makes one pair for each suite; if the suite lists several prompts or models, one for each of these. Sides of
 * different models are paired only when a commit changed the suite's model. Sides with the same answers are never
 * paired.
 */
export async function pairSides(
  bases: SideChoice,
  candidates: SideChoice,
  { anyModel, input }: PairOptions,
): Promise<Pairing> {
  const pairing = {
    pairs: [] as SidePair[],
    same: [] as SidePair[],
    recorded: [] as SidePair[],
    models: [] as SidePair[],
    left: [] as string[],
  };
  for (const suite of new Set(bases.sides.map((one) => one.suite))) {
    const own = (sides: readonly SideSource[]): SideSource[] => sides.filter((one) => one.suite === suite);
    const chosen = anyModel
      ? firstPairs(own(bases.sides), own(candidates.sides))
      : await pairsOfModels(own(bases.sides), own(candidates.sides), input);
    for (const { base, candidate, fits } of chosen) {
      const pair = { suite, base, candidate };
      if (!fits) {
        pairing.models.push(pair);
        pairing.left.push(`Not compared: ${suite}. Its two sides have different models.`);
        continue;
      }
      const apart = differentAnswers(pair, bases.more, candidates.more);
      if (await isOneRecording(apart ?? pair)) pairing.recorded.push(apart ?? pair);
      else if (apart !== null) pairing.pairs.push(apart);
      else {
        pairing.same.push(pair);
        pairing.left.push(`Not compared: ${nameOf(candidate)}. Both sides have the same answers.`);
      }
    }
  }
  return pairing;
}

const nameOf = ({ suite, several }: SideSource): string => comparedName({ suite, ...several });

interface Chosen {
  readonly base: SideSource;
  readonly candidate: SideSource;
  readonly fits: boolean;
}

function firstPairs(bases: readonly SideSource[], candidates: readonly SideSource[]): Chosen[] {
  return bases.flatMap((base) => {
    const candidate = candidates.find((one) => one.model === base.model) ?? candidates[0];
    return candidate === undefined ? [] : [{ base, candidate, fits: true }];
  });
}

async function pairsOfModels(
  bases: readonly SideSource[],
  candidates: readonly SideSource[],
  input: SideContext,
): Promise<Chosen[]> {
  const [base] = bases;
  const [candidate] = candidates;
  if (base === undefined || candidate === undefined) return [];
  // A file of outputs does not say which model made them, so its side is paired whatever the other side's model is.
  if ([...bases, ...candidates].some((one) => one.run !== null && isScoredFile(one.run)))
    return firstPairs(targetsOf(bases), candidates);
  const sorted = [...bases].sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
  const pairedBy = (fits: (side: SideSource, one: SideSource) => boolean): Chosen[] =>
    sorted.flatMap((one) => {
      const other = candidates.find((side) => fits(side, one));
      return other === undefined ? [] : [{ base: one, candidate: other, fits: true }];
    });
  // If both sides list prompts, each prompt is compared with the same prompt on the other side. Otherwise the prompts
  // may differ: the user named one of them.
  const own = pairedBy((side, one) => isOfModel(side, one) && isOfPrompt(side, one));
  const common = own.length > 0 ? own : pairedBy(isOfModel);
  if ([...bases, ...candidates].some((one) => one.listed !== null))
    return common.length > 0 ? common : [{ base, candidate, fits: false }];
  const newest = common.find((one) => one.candidate === candidate);
  if (newest !== undefined) return [newest];
  // If a commit changed the suite's model, the old model is compared with the new one.
  if (await isPlannedModel(candidate, input)) return [{ base, candidate, fits: true }];
  return [common[0] ?? { base, candidate, fits: false }];
}

/** The sides of the targets that a suite lists; of a suite that has one target only the newest side, the first. */
const targetsOf = (sides: readonly SideSource[]): readonly SideSource[] =>
  sides.some((one) => one.listed !== null) ? sides : sides.slice(0, 1);

const sortKey = ({ listed, model }: SideSource): string => listed ?? model ?? "";

const isOfPrompt = (a: SideSource, b: SideSource): boolean => a.several.prompt === b.several.prompt;

/**
 * Whether two sides have the same model: by its alias or, if a baseline has no alias, by the provider's name of
 * the model.
 */
function isOfModel(a: SideSource, b: SideSource): boolean {
  if (a.model !== null && b.model !== null) return a.model === b.model;
  return a.answeredBy === b.answeredBy;
}

/** Whether a run's model is that of its suite, in the current files or in the files of the run's commit. */
async function isPlannedModel({ run }: SideSource, input: SideContext): Promise<boolean> {
  if (run === null) return true;
  const { alias, suite, commit } = run.header;
  for (const plan of [await planNow(input), await planAt(commit, input)])
    if (plan?.some((one) => one.suite === suite && one.aliases.includes(alias)) === true) return true;
  return false;
}

async function planNow({ io, directory }: SideContext): Promise<PlannedSuite[] | null> {
  return planOf(() => openProject(io, { directory }));
}

async function planAt(commit: string | null, { io, root }: SideContext): Promise<PlannedSuite[] | null> {
  if (commit === null) return null;
  const { readProjectAt } = await import("../project/project-at.ts");
  return planOf(() => readProjectAt(io, root, { word: commit, commit }));
}

async function planOf(read: () => ReturnType<typeof openProject>): Promise<PlannedSuite[] | null> {
  try {
    return plannedSuites(await read());
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}

/** Whether both sides took their answers from the same recording file, so that they can differ in nothing. */
async function isOneRecording({ base, candidate }: SidePair): Promise<boolean> {
  const { run } = candidate;
  if (run === null || !isRecording(run.header.provider)) return false;
  if (base.run !== null && base.run.header.target !== run.header.target) return false;
  if (base.run !== null && !isRecording(base.run.header.provider)) return false;
  return isSameRecording(await base.read(), await candidate.read());
}

/**
 * The pair; if both sides have the same answers, a pair with another side from `moreBases` or `moreCandidates`. Null
 * when the answers are the same in every such pair.
 */
function differentAnswers(
  pair: SidePair,
  moreBases: readonly SideSource[],
  moreCandidates: readonly SideSource[],
): SidePair | null {
  const { suite, base, candidate } = pair;
  const alike = (side: SideSource) => (one: SideSource) =>
    one.suite === suite && isOfModel(one, side) && isOfPrompt(one, side);
  for (const other of [candidate, ...moreCandidates.filter(alike(candidate))])
    for (const one of [base, ...moreBases.filter(alike(base))])
      if (!isSameAnswers(one, other)) return { suite, base: one, candidate: other };
  return null;
}
