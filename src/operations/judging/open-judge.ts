import type { OpenJudge } from "../../domain/judge.ts";
import { EvalsError, SettingMistake } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import { judgeOutsideRun } from "../../run/judge-outside-run.ts";
import { type JudgePool, judgePool } from "../../run/judge-pool.ts";
import { type JudgeEntry, openSuiteJudge, withFileMistakes } from "../../scorers/suite-judge.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { replayOf } from "../running/replay-model.ts";
import { unusableKeys } from "../running/unusable-keys.ts";

export interface OpenJudgeOptions {
  readonly project: Project;
  /** Stores the replies and reuses stored ones. */
  readonly store: Store;
  readonly io: Environment;
  /**
   * Settings of a suite's entry of type `judge`: which part of an answer is judged, against what, by which model, and
   * the threshold. They are part of the judge's hash. Settings that are absent here are those of the judge's file.
   */
  readonly entry?: JudgeEntry | undefined;
  /** Maximum concurrent calls if the model has no limit of its own; default 16. */
  readonly concurrency?: number | undefined;
  /** Whether to use the replies in `fixtures/<alias>.jsonl` instead of asking the model. */
  readonly replay?: boolean | undefined;
  /** Aborts the calls in flight: `judge` then throws `NotJudged`. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each request sent, including retries. */
  readonly onCall?: (() => void) | undefined;
}

const CONCURRENCY = 16;

/**
 * Opens a judge outside of a run: `helpful`, `helpful@1.2.0` or `helpful@^1`. Its hash, path and models are available
 * immediately; no call is made and no key is needed before `judge` is called.
 *
 * @throws {EvalsError} for an unknown judge, model or version, and for mistakes of the judge's file
 */
export async function openJudge(spec: string, options: OpenJudgeOptions): Promise<OpenJudge> {
  const { project, entry = {} } = options;
  const pool = await openJudgePool(options);
  try {
    const judge = await openJudgeIn(pool, spec, project, entry);
    return { ...judge, close: () => pool.close() };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** Opens a judge that uses a pool; the pool's owner starts and closes it. @throws {EvalsError} like `openJudge` */
export async function openJudgeIn(
  { host }: JudgePool,
  spec: string,
  project: Project,
  entry: JudgeEntry = {},
): Promise<OpenJudge> {
  try {
    return await openSuiteJudge(await project.judges.find(spec), entry, host);
  } catch (error) {
    if (!(error instanceof SettingMistake)) throw await withFileMistakes(error, entry, host);
    throw new EvalsError(error.problem, { cause: error });
  }
}

/** Opens the models for judges outside of a run; the caller must close the pool. */
export async function openJudgePool(options: Omit<OpenJudgeOptions, "entry">): Promise<JudgePool> {
  const { project, store, io } = options;
  const pool = judgePool(project, {
    concurrency: options.concurrency ?? CONCURRENCY,
    instead: options.replay === true ? await replayOf() : undefined,
  });
  judgeOutsideRun(pool, {
    store,
    budget: null,
    signal: options.signal ?? new AbortController().signal,
    dependencies: { sleep: io.sleep, random: io.random, now: io.now },
    onCall: options.onCall,
    mayAsk: ({ model }) => {
      const unset = unusableKeys(project, model.model);
      if (unset.length > 0) throw new EvalsError(unset);
      return true;
    },
  });
  return pool;
}
