import {
  CALIBRATION_SCHEMA,
  type CalibrationFile,
  calibrationFileSchema,
  type SuiteCalibration,
} from "../domain/calibration.ts";
import { decodeText } from "../domain/file-text.ts";
import { findJsonError } from "../domain/find-json-error.ts";
import { hashJson } from "../domain/json.ts";
import type { Label } from "../domain/label.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { repeatedKeyProblems } from "../domain/repeated-keys.ts";
import { describeIssues } from "../project/describe-issues.ts";
import { parseYaml } from "../project/parse-yaml.ts";
import { bytesOf, replaceFile } from "./durable-file.ts";
import { whileNobodyJudges } from "./verdict-file.ts";

/** Path of a judge's calibration, relative to the project root. */
export function calibrationPath(judge: string, version: string): string {
  return `judges/${judge}/${version}.calibration.json`;
}

/** Hash of the fields of a label that affect a calibration, 16 hexadecimal digits. A new comment does not change it. */
export function labelHash({ case: id, answer_hash, rater, verdict, picked, weight }: Label): string {
  return hashJson({ case: id, answer_hash, rater, verdict, picked, weight }).slice(0, 16);
}

/** The file's text. The same calibration always gives the same bytes; suites are in alphabetical order. */
export function formatCalibration(file: CalibrationFile): string {
  const suites = Object.fromEntries(Object.entries(file.suites).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(calibrationFileSchema().parse({ ...file, suites }), null, 2)}\n`;
}

/** Parses a calibration. @param path of the file, for messages @throws {EvalsError} with every mistake in the file */
export function parseCalibration(bytes: Buffer, path: string): CalibrationFile {
  const text = decodeText(bytes, path);
  const value = readJson(text, path);
  const repeated = repeatedKeyProblems(text, value, path);
  if (repeated.length > 0) throw new EvalsError(repeated);
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (typeof schema === "string" && schema !== CALIBRATION_SCHEMA)
    throw new EvalsError(otherVersion(schema, path));
  const parsed = calibrationFileSchema().safeParse(value);
  if (parsed.success) return parsed.data;
  const { places } = parseYaml(text, path);
  throw new EvalsError(
    describeIssues(parsed.error.issues, {
      schema: calibrationFileSchema(),
      value,
      places,
      code: "EVALS_CALIBRATION",
    }).map((problem) => ({ ...problem, fix: AGAIN })),
  );
}

const AGAIN =
  "Calibrate again: evals calibrate <judge>. It asks the judge only for verdicts that are not stored yet.";

/**
 * A judge's calibration; null when the judge was never calibrated.
 *
 * @param root absolute
 * @throws {EvalsError} like `parseCalibration`
 */
export function readCalibration(root: string, judge: string, version: string): CalibrationFile | null {
  const path = calibrationPath(judge, version);
  const bytes = bytesOf(root, path);
  return bytes.length === 0 ? null : parseCalibration(bytes, path);
}

/** Writes the results for one suite's labels; the results for other suites are kept. @returns the file's path */
export function writeCalibration(
  root: string,
  { judge, version }: { readonly judge: string; readonly version: string },
  suite: string,
  found: SuiteCalibration,
): string {
  const path = calibrationPath(judge, version);
  whileNobodyJudges(root, judge, version, () => {
    const before = readCalibration(root, judge, version);
    const suites = { ...before?.suites, [suite]: found };
    replaceFile(root, path, formatCalibration({ schema: CALIBRATION_SCHEMA, suites }));
  });
  return path;
}

function readJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new EvalsError(notJson(text, path));
  }
}

function notJson(text: string, path: string): Problem {
  const error = findJsonError(text);
  const before = text.slice(0, (error?.column ?? 1) - 1).split("\n");
  return {
    code: "EVALS_CALIBRATION_SYNTAX",
    path,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    what: /^(<{7}|={7}|>{7})/m.test(text)
      ? "The calibration has merge conflict markers."
      : "The calibration is not complete JSON.",
    why: "The gate must not guess how far to believe a judge.",
    fix: AGAIN.replace("Calibrate", "Delete the file and calibrate"),
  };
}

function otherVersion(schema: string, path: string): Problem {
  return {
    code: "EVALS_CALIBRATION_VERSION",
    path,
    line: 1,
    column: 1,
    what: `The calibration has the format "${schema}", and this version of evals reads only ${CALIBRATION_SCHEMA}.`,
    why: "The gate must not guess how far to believe a judge.",
    fix: "Update git-evals; or delete the file, then: evals calibrate <judge>",
  };
}
