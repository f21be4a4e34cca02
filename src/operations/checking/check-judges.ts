import type { JudgeHost } from "../../domain/judge.ts";
import { EvalsError, type Problem, SettingMistake } from "../../domain/problem.ts";
import type { LoadedModel, Project } from "../../domain/project.ts";

/** Checks judges. The code that opens a judge is loaded only for a project with judges, because most have none. */
export interface JudgeCheck {
  readonly host: JudgeHost;
  /** The models that the judges checked so far use. */
  models(): readonly LoadedModel[];
  /** Checks every version of every judge, whether or not a suite uses it. */
  problems(): Promise<Problem[]>;
  close(): Promise<void>;
}

export function judgeCheck(project: Project): JudgeCheck {
  let pool: import("../../run/judge-pool.ts").JudgePool | undefined;
  const opened = async () => {
    const { judgePool } = await import("../../run/judge-pool.ts");
    pool ??= judgePool(project, { concurrency: 1 });
    return pool;
  };
  const host: JudgeHost = {
    file: (spec) => project.judges.find(spec),
    compile: async (file, messages) => (await opened()).host.compile(file, messages),
    model: async (alias, params) => (await opened()).host.model(alias, params),
  };
  return {
    host,
    models: () => pool?.models() ?? [],
    problems: () => everyJudge(project, host),
    close: async () => pool?.close(),
  };
}

async function everyJudge(project: Project, host: JudgeHost): Promise<Problem[]> {
  const { judges, unread, problems } = await project.judges.all();
  const found = [...problems];
  if (judges.length + unread.length === 0) return found;
  const { openSuiteJudge, withFileMistakes } = await import("../../scorers/suite-judge.ts");
  // A judge file may leave the threshold to the suite. The check then needs some valid value, so it uses 1.
  const entryFor = ({ threshold }: { readonly threshold?: number | undefined }) => ({
    threshold: threshold ?? 1,
  });
  for (const one of unread) {
    const whole = await withFileMistakes(one, entryFor(one.draft.settings), host);
    if (whole instanceof EvalsError) found.push(...whole.problems);
  }
  for (const file of judges) {
    try {
      await openSuiteJudge(file, entryFor(file.settings), host);
    } catch (error) {
      if (error instanceof SettingMistake) found.push({ ...error.problem, path: file.path });
      else if (error instanceof EvalsError) found.push(...error.problems);
      else throw error;
    }
  }
  return found;
}
