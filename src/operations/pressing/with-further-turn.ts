import { openConversing } from "../../agents/open-conversing.ts";
import type { Project } from "../../domain/project.ts";
import type { OpenTarget } from "../../domain/provider.ts";
import { declaredSecrets } from "../../run/declared-secrets.ts";

/**
 * A target that can be asked a further turn. The prompt of a target without conversations is converted to messages
 * with the same text, to which a message can be added.
 */
export async function withFurtherTurn(target: OpenTarget, project: Project): Promise<OpenTarget> {
  if (target.conversing !== undefined) return target;
  const { root, env, modules } = project;
  const host = { root, env, modules, clean: declaredSecrets(project) ?? undefined };
  return openConversing(target, { agent: undefined, user: undefined, person: null }, host);
}
