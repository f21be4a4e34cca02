import type { Case } from "../../domain/case.ts";
import type { KnownUsage, Transcript } from "../../domain/transcript.ts";

/**
 * One line of a scorer's table: what it makes of one answer.
 * The tables are the scorers' tests and, printed, their documentation.
 */
export interface ScorerExample {
  /** Completes "the scorer …": what the line shows. */
  readonly title: string;
  /** As in a suite, without `type`. */
  readonly settings: { readonly [option: string]: unknown };
  readonly output: string;
  readonly case?: Partial<Case>;
  /** Counts that are left out are unknown. */
  readonly transcript?: Partial<Omit<Transcript, "usage">> & { readonly usage?: Readonly<KnownUsage> };
  /** Files of the repository that the settings name, relative to the root. */
  readonly files?: { readonly [path: string]: string };
  /** What the model behind a judge says, reply by reply; the last one for ever. */
  readonly replies?: readonly string[];
  readonly expected:
    | { readonly pass: boolean; readonly score?: number; readonly reason?: string }
    /** It could not score; the words hold this. */
    | { readonly failure: string };
}
