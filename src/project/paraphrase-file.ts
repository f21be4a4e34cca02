import * as z from "zod";
import type { Json } from "../domain/json.ts";
import { fileLines } from "../domain/line-file.ts";
import { ONCE } from "../domain/parse-once.ts";
import { type PressureSettings, pressureSettings } from "../domain/pressure.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { Paraphrases, Places } from "../domain/project.ts";
import { repeatedKeyProblems } from "../domain/repeated-keys.ts";
import type { FileSource } from "./file-source.ts";
import { resolveDataset } from "./resolve-dataset.ts";
import type { SuiteDraft } from "./salvage-suite.ts";

/** One reviewed paraphrase of a case's input. */
const Line = z.strictObject({ case: z.string().min(1), input: z.unknown() });

/**
 * The paraphrases of a suite that uses them; undefined for other suites.
 *
 * @throws {EvalsError} when the file does not exist or a line is invalid
 */
export function loadParaphrases(
  name: string,
  { pressure = [], dataset }: SuiteDraft,
  places: Places,
  files: FileSource,
): Paraphrases | undefined {
  const at = pressureSettings(pressure).findIndex(({ kind }) => kind === "paraphrase");
  const settings = pressureSettings(pressure)[at];
  if (settings === undefined) return undefined;
  const path = settings.file ?? defaultPath(name, dataset, files);
  if (files.isOutside(path) || !files.exists(path))
    throw new EvalsError(missingFile(path, { path: places.path, ...places.at(placeOf(settings, at)) }));
  return readParaphrases(files.read(path), path);
}

const placeOf = ({ file }: PressureSettings, at: number): (string | number)[] =>
  file === undefined ? ["pressure", at] : ["pressure", at, "file"];

/** The default file of paraphrases: next to the dataset's file and named after it; without such a file, after the suite. */
function defaultPath(suite: string, dataset: SuiteDraft["dataset"], files: FileSource): string {
  if (typeof dataset !== "string") return `datasets/${suite}.paraphrases.jsonl`;
  return resolveDataset(files, dataset).replace(/\.[^./]+$/, ".paraphrases.jsonl");
}

function readParaphrases(source: Buffer, path: string): Paraphrases {
  const inputs = new Map<string, Json[]>();
  const lines = new Map<string, number>();
  const problems: Problem[] = [];
  const all = fileLines(source, { path, code: "EVALS_PARAPHRASE_LINE", noun: "paraphrase" });
  for (const [index, text] of all.entries()) {
    if (text.trim() === "") continue;
    const line = readLine(text);
    if (line === undefined) {
      problems.push(brokenLine(path, index + 1));
      continue;
    }
    problems.push(...repeatedKeyProblems(text, line, path, index + 1));
    const known = inputs.get(line.case);
    if (known === undefined) {
      inputs.set(line.case, [line.input as Json]);
      lines.set(line.case, index + 1);
    } else known.push(line.input as Json);
  }
  if (problems.length > 0) throw new EvalsError(problems.slice(0, 20));
  return { path, inputs, lines };
}

function readLine(text: string): z.output<typeof Line> | undefined {
  try {
    const line = Line.safeParse(JSON.parse(text), ONCE);
    return line.success && line.data.input !== undefined ? line.data : undefined;
  } catch {
    return undefined;
  }
}

function missingFile(path: string, place: Pick<Problem, "path" | "line" | "column">): Problem {
  return {
    code: "EVALS_PARAPHRASE_FILE",
    ...place,
    what: `The pressure "paraphrase" has no paraphrases to ask: there is no ${path}.`,
    why: "evals does not write paraphrases itself, because a paraphrase that nobody has read may ask a different question.",
    fix: `Write ${path}, one paraphrase per line, and read each one: {"case": "<id>", "input": <the case's input, rephrased>}`,
  };
}

function brokenLine(path: string, line: number): Problem {
  return {
    code: "EVALS_PARAPHRASE_LINE",
    path,
    line,
    column: 1,
    what: "This line is not a paraphrase of a case.",
    why: "A paraphrase that cannot be read would be left out, and nobody would know.",
    fix: '{"case": "<id of a case>", "input": <its input, rephrased>}',
  };
}
