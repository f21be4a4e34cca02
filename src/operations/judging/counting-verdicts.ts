import { type Case, caseContentHash } from "../../domain/case.ts";
import type { OpenJudge } from "../../domain/judge.ts";
import { answerKey } from "../../labels/label-file.ts";
import type { JudgeVerdict } from "../../labels/verdict-file.ts";
import type { CalibrationSubject } from "./calibrated-judge.ts";

type Cases = Pick<CalibrationSubject, "cases">;
type Asked = Pick<OpenJudge, "hash">;

/** Hash of the parts of a case that a verdict depends on: 16 hexadecimal digits. */
export function contentOf(golden: Pick<Case, "input" | "expected">): string {
  return caseContentHash(golden).slice(0, 16);
}

/**
 * The verdicts that count: given by this judge, for the case as it is now, one for each answer and repeat number. If
 * there are two such verdicts, from different suites or wordings of the case, and the case itself is not available,
 * neither counts.
 *
 * @param judge null when its file is not in this project; then verdicts of any judge of that name count
 */
export function countingVerdicts(
  { cases }: Cases,
  judge: Asked | null,
  verdicts: readonly JudgeVerdict[],
): JudgeVerdict[] {
  const groups = new Map<string, JudgeVerdict[]>();
  const hashes = contentHashes(cases);
  for (const one of verdicts) {
    if (!isFrom(judge, one) || !fits(one, hashes(one.case))) continue;
    const key = `${one.repeat} ${answerKey(one)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group) => {
    const relevant = group.filter((one) => one.content !== undefined && one.content === hashes(one.case));
    const [only, second] = group.length > 1 ? relevant : group;
    return only === undefined || second !== undefined ? [] : [only];
  });
}

/**
 * Decides which lines of the verdicts file are kept when missing verdicts are asked for: the verdicts that
 * count and, if other suites have labels too, all verdicts on answers that this suite has no labels for.
 */
export function staying(
  { cases, labels, shared }: Pick<CalibrationSubject, "cases" | "labels" | "shared">,
  judge: Asked,
): (one: JudgeVerdict) => boolean {
  const labelled = new Set(labels.map(answerKey));
  const hashes = contentHashes(cases);
  return (one) => {
    const concernsLabelled = labelled.has(answerKey(one)) && fits(one, hashes(one.case));
    if (concernsLabelled) return isFrom(judge, one);
    return shared || (isFrom(judge, one) && fits(one, hashes(one.case)));
  };
}

/**
 * Sorted ids of the cases that changed after the judge's verdict. Empty when other suites have labels too, because a
 * verdict may then be about another suite's case of the same id. Empty also when the judge's file is missing.
 */
export function changedCases(
  { cases, labels, shared, verdicts }: CalibrationSubject,
  judge: Asked | null,
): readonly string[] {
  if (shared || judge === null) return [];
  const labelled = new Set(labels.map(answerKey));
  const hashes = contentHashes(cases);
  const changed = verdicts.filter(
    (one) => isFrom(judge, one) && labelled.has(answerKey(one)) && !fits(one, hashes(one.case)),
  );
  return [...new Set(changed.map((one) => one.case))].sort();
}

/**
 * Whether this judge may have given a verdict. A verdict made elsewhere names no judge, so it counts as given by this
 * judge.
 */
function isFrom(judge: Asked | null, { judge: hash }: JudgeVerdict): boolean {
  return judge === null || hash === undefined || hash === judge.hash;
}

function fits({ content }: JudgeVerdict, now: string | undefined): boolean {
  return content === undefined || now === undefined || content === now;
}

/**
 * Returns a function that gives the hash of a case's content by its id; undefined for a case that is not available.
 */
function contentHashes(cases: CalibrationSubject["cases"]): (id: string) => string | undefined {
  const made = new Map<string, string>();
  return (id) => {
    const golden = cases?.get(id);
    if (golden === undefined) return undefined;
    const known = made.get(id) ?? contentOf(golden);
    made.set(id, known);
    return known;
  };
}
