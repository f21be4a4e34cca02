import type { PromotedSuite, Promotion } from "../../domain/promotion.ts";
import type { DocumentHead } from "./documents.ts";

/** The baseline of one suite, as it was promoted or, in a dry run, as it would be. */
export interface PromotedResult
  extends Pick<PromotedSuite, "path" | "cases" | "accepted" | "better" | "worse"> {
  readonly suite: string;
  /** Id of the run from which the baseline is made. */
  readonly run: string;
  readonly fingerprint: string;
}

/** The output of `evals promote --json`. */
export interface PromoteDocument extends DocumentHead, Pick<Promotion, "commit" | "tag"> {
  readonly schema: "evals.promote/1";
  readonly promoted: readonly PromotedResult[];
}

export function promotionDocument({ promoted, commit, tag }: Promotion): PromoteDocument {
  return {
    schema: "evals.promote/1",
    exit: 0,
    commit,
    tag,
    promoted: promoted.map(({ header, path, cases, accepted, better, worse }) => ({
      suite: header.suite,
      run: header.id,
      fingerprint: header.fingerprint,
      ...{ path, cases, accepted, better, worse },
    })),
  };
}
