import type { MeasuredEscalation } from "../../domain/escalation.ts";
import type { DocumentHead } from "./documents.ts";

/** The output of `evals escalation --json`. */
export interface EscalationDocument extends DocumentHead, MeasuredEscalation {
  readonly schema: "evals.escalation/1";
}

export function escalationDocument(measured: MeasuredEscalation): EscalationDocument {
  return { schema: "evals.escalation/1", exit: 0, ...measured };
}
