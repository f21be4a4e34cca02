import type { Promotion } from "../../domain/promotion.ts";

/** The document of `evals promote --json`, `evals.promote/1`. */
export function promotionDocument({ promoted, commit, tag }: Promotion) {
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
