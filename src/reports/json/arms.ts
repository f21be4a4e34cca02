import type { ArmsComparison, ArmsPlan } from "../../domain/arms.ts";
import type { DocumentHead } from "./documents.ts";

/** The output of `evals ab --json`. */
export interface ArmsDocument extends DocumentHead, ArmsComparison {
  readonly schema: "evals.ab/1";
}

export function armsDocument(exit: number, compared: ArmsComparison): ArmsDocument {
  return { schema: "evals.ab/1", exit, ...compared };
}

/** The document of `evals power --ab --json`, `evals.power/1`. */
export function armsPlanDocument({ sessions, single_look, rate_stated: _, ...assumptions }: ArmsPlan) {
  return {
    schema: "evals.power/1",
    exit: 0,
    assumptions: { ...assumptions, confidence: 0.95 },
    sessions_per_arm: sessions,
    single_look,
  };
}
