import type { GateOutcome } from "./verdict.ts";

/** How a baseline was changed. */
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
  /** Null when the file cannot be read. */
  readonly suite: string | null;
  readonly kind: ChangeKind;
  /** Outcome of the promoted run's gate; null when it was not recorded, or when no run was promoted. */
  readonly gate: GateOutcome | null;
  readonly run: string | null;
}

/** How a commit changed the baselines. */
export interface LoggedChange {
  /** The kind of change; the most important kind, if the commit changed baselines in several ways. */
  readonly kind: ChangeKind;
  /**
   * Whether the commit combines promotions that were originally separate commits, of which only the messages remain.
   */
  readonly squashed: boolean;
  readonly suites: readonly string[];
  readonly baselines: readonly LoggedBaseline[];
}

/** A tag of a promotion. `why` is the reason that the tag's message gives. */
export interface LoggedTag {
  readonly name: string;
  readonly why: string | null;
  /** Whether the tag's commit no longer matches the tag's message. */
  readonly moved: boolean;
}

/**
 * A commit that promoted baselines or rolled them back. Its texts come from users, so they must be escaped when shown.
 */
export interface LogEntry extends LoggedChange {
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
  readonly who: string;
  readonly subject: string;
  readonly body: string;
  readonly tags: readonly LoggedTag[];
}

/** The promotions and rollbacks, newest first. */
export interface PromotionLog {
  readonly entries: readonly LogEntry[];
  /** Whether the repository is a shallow clone, so that older entries may be missing. */
  readonly shallow: boolean;
}

/** Beginning of a line in a commit message. The line has a promotion's record as JSON, which `evals log` reads. */
export const PROMOTION_RECORD = "Evals-Promotion: ";

/** A commit message without the lines for `evals log`. */
export function withoutRecords(body: string): string {
  return body
    .split("\n")
    .filter((line) => !line.trim().startsWith(PROMOTION_RECORD))
    .join("\n");
}
