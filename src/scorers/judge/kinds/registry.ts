import type { JudgeKind } from "../judge-kind.ts";
import { answerRelevance } from "./answer-relevance.ts";
import { binary } from "./binary.ts";
import { closedQa } from "./closed-qa.ts";
import { contextRecall } from "./context-recall.ts";
import { contextRelevance } from "./context-relevance.ts";
import { custom } from "./custom.ts";
import { factuality } from "./factuality.ts";
import { faithfulness } from "./faithfulness.ts";
import { ordinal } from "./ordinal.ts";
import { pairwise } from "./pairwise.ts";
import { rubric } from "./rubric.ts";

/** The kinds of judges, one per line. */
export const JUDGE_KINDS: readonly JudgeKind[] = [
  binary,
  rubric,
  ordinal,
  pairwise,
  factuality,
  faithfulness,
  answerRelevance,
  contextRelevance,
  contextRecall,
  closedQa,
  custom,
];

export function judgeKind(kind: string): JudgeKind | undefined {
  return JUDGE_KINDS.find((one) => one.kind === kind);
}
