import type { CaseSource } from "../../domain/case.ts";
import { EvalsError, type Problem, SettingMistake } from "../../domain/problem.ts";
import type { LoadedSuite } from "../../domain/project.ts";
import type { OpenTarget } from "../../domain/provider.ts";
import type { OpenScorer } from "../../domain/scorer.ts";
import { checkNamedTools } from "./named-tools.ts";
import { receivesTurns } from "./receives-turns.ts";

/** Finds a `user:` whose messages never reach the target, and tools that scorers name and the agent does not have. */
export function checkConversation(
  suite: LoadedSuite,
  cases: CaseSource,
  target: OpenTarget,
  scorers: readonly OpenScorer[],
): readonly Problem[] {
  return [
    ...(target.conversing !== undefined && suite.suite.user !== undefined && !hears(suite, cases, target)
      ? [unheard(suite, target.label)]
      : []),
    ...(target.tools === undefined ? [] : checkNamedTools(suite, cases, scorers, target.tools)),
  ];
}

function hears(suite: LoadedSuite, cases: CaseSource, { client }: OpenTarget): boolean {
  try {
    return receivesTurns(suite, cases, client);
  } catch (error) {
    // Another check reports a request that cannot be made.
    if (error instanceof EvalsError || error instanceof SettingMistake) return true;
    throw error;
  }
}

function unheard({ path, places }: LoadedSuite, label: string): Problem {
  return {
    code: "EVALS_USER_UNHEARD",
    path,
    ...places.at(["user"], "key"),
    what: `\`user\` defines what a person says in the conversation, but ${label} never receives it.`,
    why: "Every turn would send the same request, so the conversation would be one question asked several times.",
    fix: "Send the conversation: {{ messages | json }} in the model's body. Or delete `user`.",
  };
}
