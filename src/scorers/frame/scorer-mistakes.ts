import { SettingMistake } from "../../domain/problem.ts";
import { ScorerFailure } from "../../domain/scorer.ts";

type Place = readonly (string | number)[];

function mistake(
  code: string,
  at: Place,
  what: string,
  why: string,
  fix: string,
  cause?: unknown,
): SettingMistake {
  return new SettingMistake(at, { code, what, why, fix }, cause === undefined ? undefined : { cause });
}

/** A value to compare with that a scorer cannot use. `readOperand` throws it; its caller adds the location. */
export class OperandMistake extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.name = "OperandMistake";
    this.fix = fix;
  }
}

/** The failure to report when comparing two texts part by part would take too long. */
export function tooLong(parts: string, got: number, expected: number): ScorerFailure {
  return new ScorerFailure(
    "tool",
    `the texts are too long to be compared: ${got} and ${expected} ${parts}; select a part of the answer`,
  );
}

export function twoOperands(): SettingMistake {
  return mistake(
    "EVALS_SCORER_TWO_OPERANDS",
    ["value"],
    "`value` and `against` are both given.",
    "An answer is compared with one thing: a literal `value`, or a place in the case.",
    "Delete one of them.",
  );
}

export function badOperand(cause: OperandMistake): SettingMistake {
  return mistake(
    "EVALS_SCORER_OPERAND",
    ["value"],
    `\`value\` cannot be used here: ${cause.message}.`,
    "With this value, every answer would get the same score, or no score.",
    cause.fix,
    cause,
  );
}

export function missingThreshold(type: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_THRESHOLD_MISSING",
    [],
    `\`${type}\` needs a \`threshold\`.`,
    "The scorer returns a number between 0 and 1; only the suite can say from which number on an answer passes.",
    "Add for instance `threshold: 0.8`.",
  );
}

export function badCasePath(at: Place, path: string, why: string, hint: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_CASE_PATH",
    at,
    `"${path}" is not a place in a case: ${why}.${hint}`,
    "No case could be scored.",
    "Write a path such as expected.queue, expected.items[0] or metadata.context.",
  );
}

export function badRegex(at: Place, pattern: string, error: string, position: number): SettingMistake {
  return mistake(
    "EVALS_SCORER_REGEX",
    at,
    `The regular expression ${JSON.stringify(pattern)} does not compile: ${error} at character ${position}.`,
    "Patterns run on text that a model wrote, so they are RE2: always linear in time, without lookaround and back-references.",
    "Correct the expression; https://github.com/google/re2/wiki/Syntax lists the syntax of RE2. In YAML, single quotes keep backslashes.",
  );
}

export function unknownGroup(group: string | number, pattern: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_REGEX_GROUP",
    ["select", "group"],
    `The regular expression ${JSON.stringify(pattern)} has no group ${JSON.stringify(group)}.`,
    "Nothing could ever be selected.",
    "Groups count from 1 by their opening parenthesis; name one with (?P<name>…).",
  );
}

export function badJsonPath(at: Place, path: string, error: string, position: number): SettingMistake {
  return mistake(
    "EVALS_SCORER_JSONPATH",
    at,
    `${JSON.stringify(path)} is not a JSONPath: ${error} at character ${position}.`,
    "The scorer could find nothing in any answer.",
    "Write a path of RFC 9535, such as $.queue, $.items[0].id or $['my key'].",
  );
}

export function badJsonSchema(error: string, cause: unknown): SettingMistake {
  return mistake(
    "EVALS_SCORER_JSON_SCHEMA",
    ["schema"],
    `The JSON Schema does not compile: ${error}.`,
    "A schema that evals cannot read in full would let wrong answers pass.",
    "Correct the schema; `$schema` says which draft it is (draft-07, 2019-09 or 2020-12). Annotations of your own must start with `x-`.",
    cause,
  );
}

export function missingFile(at: Place, path: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_FILE_MISSING",
    at,
    `There is no file ${path}.`,
    "Without this file the scorer cannot score.",
    "Paths are relative to the directory of evalconfig.yaml; correct the path, or add the file.",
  );
}

export function unreadableFile(at: Place, path: string, error: string, cause: unknown): SettingMistake {
  return mistake(
    "EVALS_SCORER_FILE_UNREADABLE",
    at,
    `${path} cannot be read: ${error}.`,
    "Without this file the scorer cannot score.",
    "Correct the file.",
    cause,
  );
}

export function outsideRepository(at: Place, path: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_PATH_OUTSIDE",
    at,
    `${JSON.stringify(path)} leaves the git repository.`,
    "What defines a score must be in git, or a fresh clone could not repeat it.",
    "Move the file into the repository.",
  );
}

export function brokenModule(file: string, error: string, cause: unknown): SettingMistake {
  return mistake(
    "EVALS_SCORER_MODULE_BROKEN",
    ["file"],
    `${file} cannot be imported: ${error}`,
    "The scorer is a function of this module.",
    "Correct the module, so that it can be imported without an error.",
    cause,
  );
}

export function noDefaultFunction(file: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_MODULE_EXPORT",
    ["file"],
    `${file} has no function as its default export.`,
    "The default export must be the scorer's function.",
    "Write `export default ({ case: golden, output, transcript, config }) => ({ score, reason })`.",
  );
}

export function noNamedFunction(file: string, name: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_MODULE_EXPORT",
    ["export"],
    `${file} exports no function at ${JSON.stringify(name)}.`,
    "The export that `export` names must be the scorer's function.",
    "Correct `export`, or delete it to call the default export.",
  );
}

export function commandNotFound(command: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_COMMAND_MISSING",
    ["command", 0],
    `There is no program ${JSON.stringify(command)}.`,
    "The scorer hands each answer to this program.",
    "Install the program, or correct its name; a path is relative to the directory of evalconfig.yaml.",
  );
}

export function noLimit(type: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_LIMIT_MISSING",
    [],
    `\`${type}\` has neither \`min\` nor \`max\`.`,
    "Every answer would pass.",
    "Add `min`, `max` or both.",
  );
}

export function crossedLimits(min: number, max: number): SettingMistake {
  return mistake(
    "EVALS_SCORER_LIMITS_CROSSED",
    ["min"],
    `\`min\` ${min} is above \`max\` ${max}.`,
    "No answer could pass.",
    "Swap or correct them.",
  );
}

export function nothingToSelect(type: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_SELECT_UNUSED",
    ["select"],
    `\`select\` has no effect with ${type}.`,
    "A provider counts the tokens of the whole answer.",
    "Delete `select`, or use another unit.",
  );
}

export function nothingToRead(): SettingMistake {
  return mistake(
    "EVALS_SCORER_NOTHING_READ",
    [],
    "`classifier` has neither `label` nor `score`.",
    "Nothing would be read from the service's reply.",
    "Say where in the reply the label or the score is, for instance `label: $.label` and `pass: [entailment]`.",
  );
}

export function nothingThatPasses(): SettingMistake {
  return mistake(
    "EVALS_SCORER_NOTHING_PASSES",
    ["label"],
    "`label` is given without `pass`.",
    "`pass` lists the labels that pass. Without it no answer could pass.",
    "Add `pass: [<labels that pass>]`, or a `score` with a `threshold`.",
  );
}

export function badNested(at: Place, what: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_NESTED",
    at,
    what,
    "A scorer under `of` takes the options of its type, as in the suite's own list of scorers.",
    "Correct the entry; docs/scorers.md lists the options of each type.",
  );
}

export function unusedNested(at: Place, option: string, why: string): SettingMistake {
  return mistake(
    "EVALS_SCORER_NESTED",
    at,
    `\`${option}\` has no effect on a scorer under \`of\`.`,
    why,
    `Delete \`${option}\` here.`,
  );
}

export function badWeights(of: number): SettingMistake {
  return mistake(
    "EVALS_SCORER_WEIGHTS",
    ["weights"],
    `\`weights\` needs ${of} numbers, one for each scorer under \`of\`, at least one of them above 0.`,
    "Each weight belongs to one scorer, and weights that are all 0 have no mean.",
    `weights: [${Array.from({ length: of }, () => 1).join(", ")}]`,
  );
}

export function unreachableCount(n: number, of: number): SettingMistake {
  return mistake(
    "EVALS_SCORER_N_UNREACHABLE",
    ["n"],
    `\`n\` is ${n}, but there are only ${of} scorers under \`of\`.`,
    "No answer could pass.",
    "Lower `n`, or add scorers.",
  );
}
