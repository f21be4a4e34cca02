import { type Case, caseContentHash } from "../../domain/case.ts";
import type { OpenJudge } from "../../domain/judge.ts";
import { answerKey } from "../../labels/label-file.ts";
import type { JudgeVerdict } from "../../labels/verdict-file.ts";
import type { CalibrationSubject } from "./calibrated-judge.ts";

type Cases = Pick<CalibrationSubject, "cases">;
type Asked = Pick<OpenJudge, "hash">;

/** What of a case shows whether a verdict is about it: 16 hexadecimal digits. */
export function contentOf(golden: Pick<Case, "input" | "expected">): string {
  return caseContentHash(golden).slice(0, 16);
}

/**
 * The verdicts that count: of this judge, of the case as it is now, one for an answer and number. Where the case is not
 * at hand and there are two, of two suites or of two wordings, nobody can tell which it is, and none counts.
 * @param judge null when its file is not here: then nobody knows whose verdicts they are
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
 * Which lines of the file stay when missing verdicts are asked for: those that count, and, where other suites have labels
 * too, those of which nothing is asked now.
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

/** Answers whose case has changed since this judge spoke of them. Not reported where they may be another suite's. */
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

/** Whether a verdict is this judge's; one that was made elsewhere says of nobody whose it is. */
function isFrom(judge: Asked | null, { judge: hash }: JudgeVerdict): boolean {
  return judge === null || hash === undefined || hash === judge.hash;
}

function fits({ content }: JudgeVerdict, now: string | undefined): boolean {
  return content === undefined || now === undefined || content === now;
}

/** Hashes of cases by id, each made once; undefined for a case that is not at hand. */
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
