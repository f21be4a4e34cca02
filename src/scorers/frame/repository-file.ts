import { readFileSync } from "node:fs";
import { LineCounter, parseDocument, visit } from "yaml";
import { isChangedByDouble } from "../../domain/exact-json.ts";
import { decodeText } from "../../domain/file-text.ts";
import { readJsonFile } from "../../domain/json-file.ts";
import { EvalsError, SettingMistake } from "../../domain/problem.ts";
import { yamlWords } from "../../domain/yaml-words.ts";
import { isFile, otherThanFile } from "../../modules/is-file.ts";
import { repositoryPath } from "../../modules/repository-path.ts";
import { missingFile, outsideRepository, unreadableFile } from "./scorer-mistakes.ts";

type Place = readonly (string | number)[];

/**
 * The absolute path of a file named in a setting.
 *
 * @throws {SettingMistake} when it is outside the repository or does not exist
 */
export function repositoryFile(root: string, path: string, at: Place): string {
  let place: string;
  try {
    place = repositoryPath(root, path);
  } catch {
    throw outsideRepository(at, path);
  }
  if (isFile(place)) return place;
  const other = otherThanFile(place);
  throw other === undefined
    ? missingFile(at, path)
    : unreadableFile(at, path, `it is ${other}, and a file is needed`, undefined);
}

/**
 * Reads a JSON or YAML file of the repository.
 *
 * @throws {SettingMistake} also when it is neither format
 */
export function readStructuredFile(root: string, path: string, at: Place): unknown {
  const bytes = readFileSync(repositoryFile(root, path, at));
  try {
    const text = decodeText(bytes, path);
    if (/\.ya?ml$/i.test(path)) return readYaml(text);
    return readJsonFile(text, { path, ...NOT_JSON });
  } catch (error) {
    if (error instanceof EvalsError) throw asSettingMistake(error, at);
    throw unreadableFile(at, path, error instanceof Error ? error.message : String(error), error);
  }
}

function readYaml(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new Error(`line ${line}, column ${col}: ${yamlWords(error)}`);
  }
  visit(document, {
    Scalar(_, { value, source = "" }) {
      if (typeof value !== "number") return;
      const isChanged = /^0[xo]/.test(source) ? !Number.isSafeInteger(value) : isChangedByDouble(source);
      if (/\d/.test(source) && isChanged)
        throw new Error(`the number ${source} cannot be represented exactly`);
      if (/^[-+]?0\d/.test(source))
        throw new Error(
          `the number ${source} begins with a zero, which would be dropped: write it in quotes`,
        );
    },
  });
  return document.toJS();
}

const NOT_JSON = {
  code: "EVALS_SCORER_FILE_UNREADABLE",
  why: "Without this file the scorer cannot score.",
  fix: "Correct the file.",
};

/** The first mistake in a file, reported at the setting that names the file. */
function asSettingMistake(error: EvalsError, at: Place): SettingMistake {
  const [problem] = error.problems;
  if (problem === undefined) throw error;
  const { code, path, line, column, what, why, fix } = problem;
  return new SettingMistake(
    [...at],
    { code, what: `${path}:${line}:${column}: ${what}`, why, fix },
    { cause: error },
  );
}
