import type { GateResult, RuleResult } from "../domain/verdict.ts";

/** A change whose branch started before the current baseline was promoted on the base branch. */
export interface BehindBase {
  /** Name of the base branch, for instance `main`. */
  readonly branch: string;
  /** Git ref of the base branch, for instance `origin/main`. */
  readonly ref: string;
  /** Case ids of the baseline at the merge base. */
  readonly had: ReadonlySet<string>;
}

/**
 * Makes a failed rule undecided when the branch is behind its base branch, because a newer commit of the base branch
 * may be the cause of the difference.
 */
export function undecidedBehind(result: RuleResult, behind: BehindBase | null): RuleResult {
  if (behind === null || result.outcome !== "failed") return result;
  const sentence = result.said === undefined ? "" : `${result.said.replace(/\.$/, "")}; `;
  return { ...result, outcome: "undecided", said: `${sentence}behind ${behind.branch}: rebase` };
}

/**
 * The report's note that a branch is behind its base branch; null when the branch is not behind, or when every
 * regression rule and the rule on the prompt's version (`gate.contract`) passed.
 */
export function behindNote(behind: BehindBase | null, { rules }: Pick<GateResult, "rules">): string | null {
  const hangs = rules.some(
    ({ kind, outcome }) => outcome !== "passed" && (kind === "regression" || kind === "contract"),
  );
  if (behind === null || !hangs) return null;
  const { branch, ref } = behind;
  return `Behind ${branch}: the baseline there has changed since this branch was made, so the difference may come from ${branch}. Rebase your branch (git rebase ${ref}) or merge the base branch (git merge ${ref}), then run again.`;
}
