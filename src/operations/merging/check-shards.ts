import { promptWord } from "../../domain/listed-target.ts";
import { everyItem } from "../../domain/pages.ts";
import type { Problem } from "../../domain/problem.ts";
import { namedVersion } from "../../domain/prompt.ts";
import { resumeCommand } from "../../domain/resume-command.ts";
import type { RunHeader } from "../../domain/run.ts";
import type { Plan } from "../../run/plan.ts";
import { isUnfinishedShard, runOf, type Shard } from "./open-shards.ts";

/** The shards that are the parts of one run. */
export interface ShardSet {
  readonly suite: string;
  readonly alias: string;
  /** Sorted by the number of the part. */
  readonly shards: readonly Shard[];
}

/**
 * Groups shards by their run.
 *
 * @param prompts whether runs of several prompts are merged, so that shards of different prompts are of different runs
 * @returns the sets, and a problem for each set with a missing part, a duplicate part or parts of different splits
 */
export function shardSets(
  shards: readonly Shard[],
  { prompts }: { readonly prompts: boolean },
): {
  readonly sets: readonly ShardSet[];
  readonly problems: readonly Problem[];
} {
  const byRun = new Map<string, Shard[]>();
  for (const shard of shards) {
    const { header } = shard.run;
    const key = runOf(prompts ? { ...header, one_of_prompts: true } : header);
    byRun.set(key, [...(byRun.get(key) ?? []), shard]);
  }
  const problems: Problem[] = [];
  const sets = [...byRun].map(([run, parts]) => {
    problems.push(...splitProblems(run, parts));
    const [first] = parts as [Shard, ...Shard[]];
    const { suite, alias } = first.run.header;
    return { suite, alias, shards: [...parts].sort((a, b) => a.part - b.part) };
  });
  return { sets, problems };
}

function splitProblems(run: string, shards: readonly Shard[]): Problem[] {
  const splits = [...new Set(shards.map((one) => one.parts))].sort((a, b) => a - b);
  if (splits.length > 1) {
    return [
      {
        code: "EVALS_MERGE_SPLIT",
        what: `${run} was split in different ways: into ${splits.join(" and into ")} parts.`,
        why: "The parts of different splits have some cases in common, and miss others.",
        fix: "Merge the parts of one split.",
      },
    ];
  }
  const problems: Problem[] = [];
  const [parts = 0] = splits;
  for (let part = 1; part <= parts; part++) {
    const found = shards.filter((one) => one.part === part);
    if (found.length === 0) {
      problems.push({
        code: "EVALS_MERGE_HOLE",
        what: `${run} has no part ${part}/${parts}.`,
        why: "Without this part, the cases in it would not be tested.",
        fix: `Run this part with \`--shard ${part}/${parts}\`, and name the history of that run too.`,
      });
    }
    if (found.length > 1) {
      problems.push({
        code: "EVALS_MERGE_OVERLAP",
        what: `${run} has part ${part}/${parts} ${found.length} times: in ${found.map((one) => one.source).join(" and ")}.`,
        why: "The cases in this part would count twice.",
        fix: overlapFix(found),
      });
    }
  }
  const unfinished = shards.filter(isUnfinishedShard);
  problems.push(
    ...unfinished.map(({ part, source, run: { header } }) => ({
      code: "EVALS_MERGE_UNFINISHED",
      what: `Part ${part}/${parts} of ${run} in ${source} has not ended.`,
      why: "Trials that this part runs later would be missing from the merged run.",
      fix: `Resume this part where it ran: ${resumeCommand(header)}`,
    })),
  );
  return problems;
}

function overlapFix(found: readonly Shard[]): string {
  const prompts = [...new Set(found.flatMap(({ run: { header } }) => header.prompt ?? []).map(promptWord))];
  return prompts.length < 2
    ? "Name each part's history once."
    : `Name each part's history once; or, where the parts ran with several prompts, name these: evals merge … ${prompts.map((one) => `--prompt ${one}`).join(" ")}`;
}

function mergeAt({ commit }: RunHeader): string {
  return commit === null
    ? "Merge in a work tree whose files are the same as for every part."
    : `Merge at the commit that every part ran at; this part ran at ${commit.slice(0, 9)}.`;
}

/** The option that is missing when a shard ran with another prompt than the plan has; else empty. */
function withPrompt({ prompt }: RunHeader, { suite }: Plan): string {
  const planned = namedVersion(suite.prompt);
  if (prompt === null || (planned !== null && promptWord(planned) === promptWord(prompt))) return "";
  return ` If the parts ran with --prompt, name it here too: evals merge … --prompt ${promptWord(prompt)}`;
}

/** Index of a shard's case in the plan of the whole run, from 0: `--shard 2/3` takes the cases 1, 4, 7, … */
export function wholeCaseNo({ part, parts }: Pick<Shard, "part" | "parts">, caseNo: number): number {
  return caseNo * parts + part - 1;
}

/**
 * Finds out whether a shard was made from other files than the plan of the complete run.
 *
 * @returns the problem to report; undefined when the files are the same
 */
export async function foreignShard(shard: Shard, plan: Plan): Promise<Problem | undefined> {
  const { run, part, parts, source } = shard;
  const wanted = Math.ceil((plan.count - part + 1) / parts);
  let found = 0;
  // Cases may have numbers of trials of their own, so those of the shard's cases count, and not the plan's.
  let planned = 0;
  const { whole_fingerprint: whole } = run.header;
  let differs =
    (whole !== undefined && whole !== plan.fingerprint) || run.header.target_hash !== plan.targetHash;
  for await (const one of everyItem((page) => shard.store.read.cases(run.no, page))) {
    found++;
    const caseNo = wholeCaseNo(shard, one.case_no);
    differs ||= caseNo >= plan.count || plan.id(caseNo) !== one.id || plan.key(caseNo) !== one.key;
    if (differs) break;
    planned += plan.planned(caseNo);
  }
  differs ||= found === wanted && run.header.planned !== planned;
  if (!differs && found === wanted) return undefined;
  return {
    code: "EVALS_MERGE_FOREIGN",
    what: `Part ${part}/${parts} of ${runOf(run.header)} in ${source} does not belong to this plan: its cases, prompt, model, trials or scorers differ.`,
    why: "Answers of two different plans in one run would be compared as if they were one.",
    fix: `${mergeAt(run.header)}${withPrompt(run.header, plan)}`,
  };
}
