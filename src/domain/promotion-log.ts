import type { GateOutcome } from "./verdict.ts";

/** How a baseline came to be what it is. */
export type ChangeKind =
  | "promotion"
  | "accepted regression"
  | "addition"
  | "rollback"
  | "merge"
  | "edit by hand";

/** One baseline that a commit changed. */
export interface LoggedBaseline {
  readonly path: string;
  /** Null where the file cannot be read. */
  readonly suite: string | null;
  readonly kind: ChangeKind;
  /** Of the promoted run; null where nobody wrote it down, or there was none. */
  readonly gate: GateOutcome | null;
  readonly run: string | null;
}

/** What a commit did to the baselines. */
export interface LoggedChange {
  /** The one that matters most, where it did several things. */
  readonly kind: ChangeKind;
  /** Its promotions were made in commits of their own, whose messages it has at most. */
  readonly squashed: boolean;
  readonly suites: readonly string[];
  readonly baselines: readonly LoggedBaseline[];
}

/** A tag of a promotion, with what its message says. */
export interface LoggedTag {
  readonly name: string;
  readonly why: string | null;
  /** The commit does not hold what the tag's message promises. */
  readonly moved: boolean;
}

/** A commit that promoted baselines or rolled them back. Its texts are people's: whoever shows them escapes them. */
export interface LogEntry extends LoggedChange {
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
  readonly who: string;
  readonly subject: string;
  readonly body: string;
  readonly tags: readonly LoggedTag[];
}

/** Who promoted or rolled back what, newest first. */
export interface PromotionLog {
  readonly entries: readonly LogEntry[];
  /** The clone has not the whole history, so older entries may be missing. */
  readonly shallow: boolean;
}

/** How a line of a commit's message begins that says how one baseline was promoted, as JSON, for `evals log`. */
export const PROMOTION_RECORD = "Evals-Promotion: ";

/** A commit's words without the lines that are there for `evals log`. */
export function withoutRecords(body: string): string {
  return body
    .split("\n")
    .filter((line) => !line.trim().startsWith(PROMOTION_RECORD))
    .join("\n");
}
