import type { GateResult, RuleResult } from "../domain/verdict.ts";

/** A change that left its base branch before the baseline there became what it is. */
export interface BehindBase {
  /** `main`. */
  readonly branch: string;
  /** The name by which git finds it: `origin/main`. */
  readonly ref: string;
  /** Ids of the cases of the baseline where the change left the branch. */
  readonly had: ReadonlySet<string>;
}

/** What the base branch gained meanwhile is not the change's fault, nor is it shown that the change did no harm. */
export function undecidedBehind(result: RuleResult, behind: BehindBase | null): RuleResult {
  if (behind === null || result.outcome !== "failed") return result;
  const sentence = result.said === undefined ? "" : `${result.said.replace(/\.$/, "")}; `;
  return { ...result, outcome: "undecided", said: `${sentence}behind ${behind.branch}: rebase` };
}

/** What a report says of it; null where nothing hangs on it. */
export function behindNote(behind: BehindBase | null, { rules }: Pick<GateResult, "rules">): string | null {
  const hangs = rules.some(
    ({ kind, outcome }) => outcome !== "passed" && (kind === "regression" || kind === "contract"),
  );
  if (behind === null || !hangs) return null;
  const { branch, ref } = behind;
  return `Behind ${branch}: its baseline has changed since this change left it, so the difference may be what ${branch} gained. Rebase (git rebase ${ref}) or merge it, then run again.`;
}
