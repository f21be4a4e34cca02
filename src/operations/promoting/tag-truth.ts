import { baselinePath, parseBaseline } from "../../baselines/baseline-file.ts";
import { EvalsError } from "../../domain/problem.ts";
import { readAtCommit } from "../../git/repository.ts";
import type { PromotedTag } from "../../git/tags.ts";
import type { ReadPromotion } from "../project/read-promotion.ts";
import { baselineRoot } from "../sides/file-side.ts";

/**
 * The suites whose baseline in the tag's commit is not the one that the tag's message names: then the tag was moved.
 */
export async function movedSuites(
  root: string,
  tag: Pick<PromotedTag, "commit">,
  { suites }: Pick<ReadPromotion, "suites">,
): Promise<string[]> {
  const found = await Promise.all(
    suites.map(async ({ suite, alias, fingerprint }) => {
      const path = baselinePath(suite, alias);
      const text = await readAtCommit(root, tag.commit, path);
      return text !== null && rootOf(text, path) === fingerprint ? [] : [suite];
    }),
  );
  return found.flat();
}

function rootOf(text: string, path: string): string | null {
  try {
    return baselineRoot(parseBaseline(text, path));
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}
