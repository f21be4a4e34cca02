import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { PreparedRun } from "./prepare-runs.ts";

/** The models that can be asked in batches, as a message names them. */
const BATCHED = "a model of provider `openai` (chat or responses) or `anthropic`";

/**
 * Refuses runs whose target does not support batches. A run with recorded answers is not refused: it calls no
 * model.
 *
 * @throws {EvalsError} EVALS_BATCH_UNSUPPORTED, once for each target
 */
export function refuseUnbatched(prepared: readonly PreparedRun[]): void {
  const problems = prepared.flatMap(({ plan }): Problem[] => {
    const { suite, model, target } = plan;
    if (target.client.immediate === true) return [];
    if (target.conversing !== undefined) {
      return [
        {
          code: "EVALS_BATCH_UNSUPPORTED",
          ...{ path: suite.path, ...suite.places.at(["agent"]) },
          what: `${suite.name} has conversations, which cannot be asked in a batch.`,
          why: "Each call of a conversation depends on the reply before it, so each call would need a batch of its own.",
          fix: "Leave --batch out, or name the other suites: evals run <suite> --batch",
        },
      ];
    }
    if (target.batch !== undefined) return [];
    return [
      {
        code: "EVALS_BATCH_UNSUPPORTED",
        ...{ path: suite.path, ...suite.places.at([suite.suite.models === undefined ? "model" : "models"]) },
        what: `The model "${model.alias}" of ${suite.name} cannot be asked in batches.`,
        why: `A provider of kind \`${model.provider.kind}\` has no way to take many requests and answer them later.`,
        fix: `Leave --batch out, or name ${BATCHED}.`,
      },
    ];
  });
  if (problems.length > 0) throw new EvalsError(problems);
}
