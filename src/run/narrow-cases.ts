import type { Case, CaseSource } from "../domain/case.ts";
import type { Narrowing } from "../domain/run.ts";
import type { Suite } from "../domain/suite.ts";

/** Does a case have any of these tags? */
const hasTag = (golden: Case, tags: readonly string[]): boolean =>
  golden.tags.some((tag) => tags.includes(tag));

/**
 * Which cases of the dataset a run takes: the suite's own filter, then the command line's narrowing. A shard takes every
 * n-th of what is left, so that shards are alike.
 * @returns indices into the dataset, ascending
 */
export function selectCases(
  cases: CaseSource,
  filter: Suite["filter"],
  narrowing: Narrowing | null,
): Uint32Array {
  const tags = filter?.tags;
  const ids = filter?.cases && new Set(filter.cases);
  const onlyIds = narrowing !== null && narrowing.cases.length > 0 ? new Set(narrowing.cases) : undefined;
  const onlyTags = narrowing !== null && narrowing.tags.length > 0 ? narrowing.tags : undefined;
  const chosen: number[] = [];
  for (let index = 0; index < cases.count; index++) {
    const id = cases.id(index);
    if (ids !== undefined && !ids.has(id)) continue;
    if (onlyIds !== undefined && !onlyIds.has(id)) continue;
    if (tags !== undefined || onlyTags !== undefined) {
      const golden = cases.read(index);
      if (tags !== undefined && !hasTag(golden, tags)) continue;
      if (onlyTags !== undefined && !hasTag(golden, onlyTags)) continue;
    }
    chosen.push(index);
  }
  return Uint32Array.from(shardOf(chosen, narrowing?.shard ?? null));
}

function shardOf(indices: readonly number[], shard: string | null): readonly number[] {
  const [part = 1, parts = 1] = (shard ?? "1/1").split("/").map(Number);
  return indices.filter((_, place) => place % parts === part - 1);
}
