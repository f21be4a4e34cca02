import type { OpenJudge } from "../../domain/judge.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { SCORER_VERSION } from "../../labels/trust.ts";
import { scorerHash } from "../../run/fingerprint.ts";
import { closeScorers, openScorers, scorerHost } from "../../run/open-scorers.ts";
import type { JudgeEntry } from "../../scorers/suite-judge.ts";
import type { Environment } from "../environment.ts";
import { openWrittenHistory } from "../project/stored-history.ts";
import type { CalibrationSubject } from "./calibrated-judge.ts";
import { type OpenJudgeOptions, openJudge, openJudgePool } from "./open-judge.ts";

/** A judge that can be asked, or the reason why it cannot. */
export interface CalibratedJudge {
  /** Null when the project, the judge's file or its model cannot be opened; then only stored verdicts can be used. */
  readonly judge: OpenJudge | null;
  readonly troubles: readonly Problem[];
  close(): Promise<void>;
}

/** Opens a judge as the suite uses it. No call is made and no key is needed yet. */
export async function openCalibratedJudge(
  subject: CalibrationSubject,
  io: Environment,
  signal: AbortSignal,
): Promise<CalibratedJudge> {
  const { project, root, judge: name, version } = subject;
  if (project === null) return { judge: null, troubles: subject.troubles, close: async () => {} };
  const store = await openWrittenHistory(root, io);
  try {
    const dependencies = { project, store, io, signal };
    const judge =
      version === SCORER_VERSION
        ? await scorerAsJudge(subject, dependencies)
        : await openJudge(`${name}@${version}`, { ...dependencies, entry: entryOf(subject) });
    return {
      judge,
      troubles: [],
      close: async () => {
        await judge.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    if (!(error instanceof EvalsError)) throw error;
    return { judge: null, troubles: error.problems, close: async () => {} };
  }
}

/** Opens a model-based scorer that is not a judge, such as a classifier, so that it can be asked like a judge. */
async function scorerAsJudge(
  { loaded, judge: name, version }: CalibrationSubject,
  dependencies: Omit<OpenJudgeOptions, "entry">,
): Promise<OpenJudge> {
  if (loaded === null) throw new Error("the suite of the scorer was not loaded");
  const { project } = dependencies;
  const pool = await openJudgePool(dependencies);
  try {
    const host = scorerHost(project, { concurrency: 1, judges: pool.host });
    const scorers = await openScorers(loaded, host);
    const scorer = scorers.find((one) => one.name === name);
    if (scorer === undefined) throw new Error(`the suite has no scorer ${name}`);
    return {
      ...{ name, version, hash: scorerHash(scorer), identity: scorer.identity, path: loaded.path },
      models: pool.asked().map((one) => one.model.alias),
      judge: async (input, repeat) => {
        const { pass, score, reason } = await scorer.score({ ...input, opinion: repeat });
        return { verdict: pass ? "pass" : "fail", score, reason };
      },
      close: async () => {
        await closeScorers(scorers);
        await pool.close();
      },
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/**
 * The settings of the judge in the suite's entry; undefined without an entry. They are part of the judge's hash, by
 * which the gate later recognizes the judge that was calibrated.
 */
function entryOf({ loaded, judge: name }: CalibrationSubject): JudgeEntry | undefined {
  const at = (loaded?.suite.scorers ?? []).findIndex(
    ({ type, judge }) => type === "judge" && (judge === name || String(judge).startsWith(`${name}@`)),
  );
  return at === -1 ? undefined : (loaded?.scorers[at]?.settings as JudgeEntry | undefined);
}
