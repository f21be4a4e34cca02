import type { Case, CaseSource } from "../domain/case.ts";
import type { Narrowing } from "../domain/run.ts";
import type { Suite } from "../domain/suite.ts";
import { caseMatcher, textMatcher } from "./case-words.ts";

/** Whether a case has any of these tags. */
const hasTag = (golden: Case, tags: readonly string[]): boolean =>
  golden.tags.some((tag) => tags.includes(tag));

/**
 * The cases of a run: the suite's own filter, then the command line's selection. A shard takes every n-th of the
 * remaining cases, so that shards are similar.
 *
 * @returns ascending indices into the dataset
 */
export function selectCases(
  cases: CaseSource,
  filter: Suite["filter"],
  narrowing: Narrowing | null,
): Uint32Array {
  const tags = filter?.tags;
  const ids = filter?.cases && new Set(filter.cases);
  const onlyIds = idsOf(narrowing);
  const onlyWords = narrowing?.words === undefined ? undefined : textMatcher(narrowing.words);
  const onlyTags = narrowing !== null && narrowing.tags.length > 0 ? narrowing.tags : undefined;
  const chosen: number[] = [];
  for (let index = 0; index < cases.count; index++) {
    const id = cases.id(index);
    if (ids !== undefined && !ids.has(id)) continue;
    if (onlyIds !== undefined && !onlyIds(id)) continue;
    if (tags !== undefined || onlyTags !== undefined || onlyWords !== undefined) {
      const golden = cases.read(index);
      if (tags !== undefined && !hasTag(golden, tags)) continue;
      if (onlyTags !== undefined && !hasTag(golden, onlyTags)) continue;
      if (onlyWords !== undefined && !onlyWords(golden)) continue;
    }
    chosen.push(index);
  }
  return Uint32Array.from(shardOf(chosen, narrowing?.shard ?? null));
}

/**
 * A function that says whether the selection accepts a case's id; undefined when it accepts every id. Failing
 * cases are listed as ids, so they are not read as patterns.
 */
function idsOf(narrowing: Narrowing | null): ((id: string) => boolean) | undefined {
  if (narrowing?.failing !== undefined) {
    const failing = new Set(narrowing.cases);
    return (id) => failing.has(id);
  }
  return narrowing === null || narrowing.cases.length === 0 ? undefined : caseMatcher(narrowing.cases);
}

function shardOf(indices: readonly number[], shard: string | null): readonly number[] {
  const [part = 1, parts = 1] = (shard ?? "1/1").split("/").map(Number);
  return indices.filter((_, index) => index % parts === part - 1);
}
