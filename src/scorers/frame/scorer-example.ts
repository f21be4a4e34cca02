import type { Case } from "../../domain/case.ts";
import type { KnownUsage, Transcript } from "../../domain/transcript.ts";

/** One example in a scorer's table. The tables are used as tests and printed as documentation. */
export interface ScorerExample {
  /** What the example shows; completes "the scorer …". */
  readonly title: string;
  /** As in a suite, without `type`. */
  readonly settings: { readonly [option: string]: unknown };
  readonly output: string;
  readonly case?: Partial<Case>;
  /** The transcript besides the output. Token counts that are left out are unknown. */
  readonly transcript?: Partial<Omit<Transcript, "usage">> & { readonly usage?: Readonly<KnownUsage> };
  /** Files named in the settings, relative to the root. */
  readonly files?: { readonly [path: string]: string };
  /** The replies of the judge's model in order; the last one repeats. */
  readonly replies?: readonly string[];
  readonly expected:
    | { readonly pass: boolean; readonly score?: number; readonly reason?: string }
    /** The scorer errored; the message contains this text. */
    | { readonly failure: string };
}
