import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { SourcePlace } from "../imported.ts";
import { readSource } from "./config-source.ts";
import { pathOf, type Reading } from "./config-test.ts";

type Vars = Readonly<Record<string, Json>>;

/** Maximum combinations of one test; more are probably unintended. */
const MAX_COMBINATIONS = 10_000;

/**
 * Expands the variables of a test like promptfoo: each element of a list gives combinations of its own, files are read,
 * one final line end is removed, and a variable may refer to other variables.
 */
export function expandVars(vars: Vars, multiply: boolean, place: SourcePlace, reading: Reading): Vars[] {
  let all: Map<string, Json>[] = [new Map()];
  for (const [name, value] of Object.entries(vars)) {
    const choices = choicesOf(name, value, multiply, place, reading).map(withoutLineEnd);
    const count = all.length * choices.length;
    if (count > MAX_COMBINATIONS)
      reading.losses.add(
        place,
        `vars: ${count} combinations and more`,
        `Only the first ${MAX_COMBINATIONS} combinations are imported.`,
      );
    all = multiplied(all, name, choices);
  }
  return all.map((one) => withReferences(Object.fromEntries(one)));
}

/** Each combination with each choice of one more variable, up to the maximum number of combinations. */
function multiplied(all: Map<string, Json>[], name: string, choices: readonly Json[]): Map<string, Json>[] {
  const [only] = choices;
  if (choices.length === 1) {
    // Copies for each of thousands of variables would take time that grows with the square of their number.
    for (const one of all) one.set(name, only as Json);
    return all;
  }
  const made: Map<string, Json>[] = [];
  for (const one of all)
    for (const choice of choices) {
      if (made.length === MAX_COMBINATIONS) return made;
      made.push(new Map(one).set(name, choice));
    }
  return made;
}

/** Matches variables from the environment, which promptfoo fills in when it reads a config. */
const ENVIRONMENT = /\{\{-?\s*env[.[]/;

function choicesOf(
  name: string,
  value: Json,
  multiply: boolean,
  place: SourcePlace,
  reading: Reading,
): readonly Json[] {
  const isTexts = Array.isArray(value) && typeof value[0] === "string";
  const list = multiply && isTexts ? (value as readonly Json[]) : [value];
  return list.flatMap((one): readonly Json[] => {
    if (typeof one === "string" && ENVIRONMENT.test(one))
      reading.losses.add(
        place,
        `vars: ${name}`,
        "The text reads a variable of the environment, which no fingerprint could cover. So the case contains the text as written; write the value instead.",
      );
    if (typeof one !== "string" || !one.startsWith("file://")) return [one];
    const path = pathOf(reading, one);
    const files = multiply && /[*?{[]/.test(path) ? reading.files.glob(path) : [path];
    if (files.length === 0) reading.losses.add(place, `vars: ${name}: ${one}`, "No file has such a name.");
    return files.flatMap((file) => textOf(file, `vars: ${name}: ${one}`, place, reading));
  });
}

function textOf(file: string, what: string, place: SourcePlace, { files, losses }: Reading): readonly Json[] {
  if (/\.(?:[cm]?[jt]s|py)(?::\w+)?$/.test(file))
    losses.add(place, what, "Code computes this variable; write the computed value into the dataset.");
  else if (/\.(?:pdf|png|jpe?g|gif|webp|bmp|svg|mp[34]|wav)$/i.test(file))
    losses.add(
      place,
      what,
      "Only texts are imported; write the path of the file into the case, and attach the file in the prompt.",
    );
  else {
    try {
      const text = files.text(file);
      return [/\.ya?ml$/.test(file) ? JSON.stringify(readSource(text, file).value) : text.trim()];
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
      losses.add(place, what, error.problems[0]?.what ?? "It cannot be read.");
    }
  }
  return [];
}

const withoutLineEnd = (value: Json): Json => (typeof value === "string" ? value.replace(/\n$/, "") : value);

/** Maximum rounds of replacing variables within variables. */
const MAX_ROUNDS = 5;

function withReferences(vars: Record<string, Json>): Vars {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let changed = false;
    for (const [name, value] of Object.entries(vars)) {
      const match = typeof value === "string" ? /\{\{\s*(\w+)\s*\}\}/.exec(value) : null;
      if (typeof value !== "string" || match === null) continue;
      const other = Object.hasOwn(vars, match[1] ?? "") ? vars[match[1] ?? ""] : undefined;
      if (other === undefined) continue;
      vars[name] = value.replace(match[0], () => String(other));
      changed = true;
    }
    if (!changed) break;
  }
  return vars;
}
