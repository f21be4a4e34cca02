import type * as z from "zod";
import type { Case } from "../../domain/case.ts";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { SettingMistake } from "../../domain/problem.ts";
import type { NamedTool, ScorerHost } from "../../domain/scorer.ts";
import type { ScorerEntry } from "../../domain/suite.ts";
import type { DocumentedScorer, FramedScorer } from "../define-scorer.ts";
import { badNested, unusedNested } from "../frame/scorer-mistakes.ts";
import { scorers } from "../registry.ts";

type Place = readonly (string | number)[];

/**
 * Parses and opens the scorers under `of:`, in the same way as a suite's scorers.
 *
 * @throws {SettingMistake} at `["of", i, …]`
 */
export async function openNested(
  entries: readonly ScorerEntry[],
  host: ScorerHost,
): Promise<readonly FramedScorer[]> {
  const opened: FramedScorer[] = [];
  try {
    for (const [i, entry] of entries.entries()) opened.push(await openOne(entry, ["of", i], host));
  } catch (error) {
    await Promise.all(opened.map((scorer) => scorer.close?.()));
    throw error;
  }
  return opened;
}

/** The tools that the scorers under `of:` name. */
export function toolsWithin(nested: readonly FramedScorer[], golden: Case | null): readonly NamedTool[] {
  return nested.flatMap(({ tools }, index) =>
    (tools?.(golden) ?? []).map((one) =>
      one.at === undefined ? one : { ...one, at: ["of", index, ...one.at] },
    ),
  );
}

async function openOne(entry: ScorerEntry, at: Place, host: ScorerHost): Promise<FramedScorer> {
  const definition = await scorers.load(entry.type);
  if (definition === undefined) {
    throw badNested(
      [...at, "type"],
      `There is no scorer type "${entry.type}".${didYouMean(entry.type, scorers.names)}`,
    );
  }
  if (entry.required !== undefined) {
    throw unusedNested(
      [...at, "required"],
      "required",
      "Whether the trial passes depends on the outer scorer, so `required` belongs there.",
    );
  }
  if (entry.raw !== undefined) {
    throw unusedNested(
      [...at, "raw"],
      "raw",
      "Scorers under `of` read the same answer as the outer scorer, so `raw` belongs there.",
    );
  }
  if ((entry as { judge_when?: unknown }).judge_when === "passed") {
    throw unusedNested(
      [...at, "judge_when"],
      "judge_when: passed",
      "The outer scorer decides when the judge is asked.",
    );
  }
  if ((entry as { blames?: unknown }).blames !== undefined) {
    throw unusedNested(
      [...at, "blames"],
      "blames",
      "Only a judge in the suite's own list of scorers can name the failure class of a trial.",
    );
  }
  const read = definition.settings.safeParse(entry);
  if (!read.success) throw fromIssue(read.error.issues[0], definition, at);
  try {
    return await definition.open(read.data, host);
  } catch (error) {
    if (error instanceof SettingMistake)
      throw new SettingMistake([...at, ...error.at], error.problem, { cause: error });
    throw error;
  }
}

function fromIssue(
  issue: z.core.$ZodIssue | undefined,
  definition: DocumentedScorer,
  at: Place,
): SettingMistake {
  if (issue?.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const known = Object.keys(definition.settings.shape);
    return badNested([...at, key], `\`${definition.type}\` has no option "${key}".${didYouMean(key, known)}`);
  }
  const path = (issue?.path ?? []).map((step) => (typeof step === "number" ? step : String(step)));
  return badNested(
    [...at, ...path],
    `\`${definition.type}\`: ${path.join(".")}: ${issue?.message ?? "not valid"}.`,
  );
}
