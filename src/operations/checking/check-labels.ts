import { EvalsError, type Problem } from "../../domain/problem.ts";
import { parseCalibration } from "../../labels/calibration-file.ts";
import { parseLabels, unknownCases } from "../../labels/label-file.ts";
import { labelsPath } from "../../labels/labels-path.ts";
import type { MeasuredScorer } from "../../labels/measured-scorers.ts";
import { parseVerdicts } from "../../labels/verdict-file.ts";
import { directoryInstead } from "../../project/file-problems.ts";
import type { FileSource } from "../../project/file-source.ts";
import { labelOwnerWarnings } from "../labelling/judge-of-labels.ts";

/** What was found in the files of labels, verdicts and calibrations. */
export interface LabelCheck {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/**
 * Reads every file of labels, verdicts and calibrations, because a gate could depend on each of them.
 *
 * @param caseIds ids of a suite's cases; undefined for an unknown suite or an unreadable dataset
 * @param scorersOf the scorers of a suite that labels can measure; undefined when `caseIds` gives undefined
 */
export function checkLabels(
  files: FileSource,
  caseIds: (suite: string) => readonly string[] | undefined,
  scorersOf: (suite: string) => readonly MeasuredScorer[] | undefined,
): LabelCheck {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const attempt = (read: () => void): void => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
      problems.push(...error.problems);
    }
  };
  for (const { path } of files.list("labels")) {
    const suite = /^labels\/(.+)\.jsonl$/.exec(path)?.[1];
    if (suite === undefined) continue;
    attempt(() => {
      const labels = parseLabels(files.read(path), path);
      const ids = caseIds(suite);
      const scorers = scorersOf(suite);
      if (scorers !== undefined) warnings.push(...labelOwnerWarnings(labels, { suite, path, scorers }));
      if (ids !== undefined) warnings.push(...unknownCases(labels, labelsPath(suite), ids));
    });
  }
  for (const { path, directory } of files.list("judges", { recursive: true })) {
    if (directory && /\.(?:verdicts\.jsonl|calibration\.json)$/.test(path))
      problems.push(directoryInstead(path));
    if (directory) continue;
    if (path.endsWith(".verdicts.jsonl")) attempt(() => parseVerdicts(files.read(path), path));
    if (path.endsWith(".calibration.json")) attempt(() => parseCalibration(files.read(path), path));
  }
  return { problems, warnings };
}
