import type { Case } from "../../domain/case.ts";
import { EvalsError, SettingMistake } from "../../domain/problem.ts";
import type { LoadedSuite, Project } from "../../domain/project.ts";
import type { OpenTarget } from "../../domain/provider.ts";
import { settingProblem } from "../../project/setting-problem.ts";
import { environmentNames } from "../../providers/environment-values.ts";
import { declaredSecrets } from "../../run/declared-secrets.ts";
import { identityOf } from "../../run/model-identity.ts";
import { openTarget } from "../../run/open-target.ts";

export interface ConversationOf {
  readonly project: Project;
  readonly suite: LoadedSuite;
  readonly concurrency: number;
  /** Whether tools are to be recorded, so that they are run even if the suite names a recording. */
  readonly liveTools?: boolean | undefined;
  /** The tools that the scorers of a case name. Each trial checks whether the suite's tool servers offer them. */
  readonly namedTools?: ((golden: Case) => readonly string[]) | undefined;
}

/**
 * Adds the suite's conversations to a target; returns it unchanged when the suite has none, or when it only says who
 * spoke in answers that were made elsewhere.
 *
 * @throws {EvalsError} with a mistake at its location in the suite
 */
export async function withConversation(target: OpenTarget, of: ConversationOf): Promise<OpenTarget> {
  const { project, suite, liveTools, namedTools } = of;
  const { agent, user } = suite.suite;
  const isMadeElsewhere = target.client.available !== undefined;
  if (agent === undefined && (user === undefined || isMadeElsewhere)) return target;
  const { openConversing } = await import("../../agents/open-conversing.ts");
  const person = await openPerson(of);
  try {
    const { root, env, modules } = project;
    const host = {
      root,
      env,
      modules,
      clean: declaredSecrets(project) ?? undefined,
      live: liveTools,
      namedTools,
    };
    return await openConversing(target, { agent, user, person }, host);
  } catch (error) {
    await person?.target.client.close();
    if (!(error instanceof SettingMistake)) throw error;
    throw new EvalsError(settingProblem(suite.places, [], error), { cause: error });
  }
}

/** Names of the environment variables required by a suite's conversations. */
export function neededVariables({ suite, person }: LoadedSuite): readonly string[] {
  const headers = (suite.agent?.tools ?? []).flatMap((one) =>
    typeof one === "string" ? [] : Object.values(("mcp" in one ? one.mcp.headers : one.http.headers) ?? {}),
  );
  const keys = person?.model.provider.keys?.(person.model.settings) ?? [];
  return [...keys, ...environmentNames(headers)];
}

async function openPerson({ project, suite, concurrency }: ConversationOf) {
  if (suite.person === undefined) return null;
  const { prompt, model } = suite.person;
  const target = await openTarget(project, model, { concurrency, caseIds: () => [] });
  const { name, version } = prompt.version;
  return {
    alias: model.alias,
    target,
    identity: identityOf(project, model, target),
    prompt: `${name}@${version}`,
    guide: (golden: Parameters<typeof prompt.render>[0]) => prompt.render(golden, suite.clock),
  };
}
