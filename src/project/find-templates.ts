import type { Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";

/** Matches a template that asks for something of the case or the conversation. */
const MEANT = /\{\{-?\s*(?:input|case|messages|expected|metadata|output|clock)\b[^}]*\}\}/;

/** The settings of a model whose texts are sent or run as they are written. */
const PLAIN_OF_MODEL: ReadonlySet<PropertyKey> = new Set(["command", "params", "env", "cwd"]);

type Path = readonly PropertyKey[];

/** Problems for every template in a config that would stay in the text unfilled. */
export function unfilledTemplatesInConfig(value: unknown, places: Places): Problem[] {
  return templatesIn(value, places, ([models, , setting]) => models === "models" && isPlain(setting), []);
}

function isPlain(setting: PropertyKey | undefined): boolean {
  return setting !== undefined && PLAIN_OF_MODEL.has(setting);
}

/** Problems for every template in the scorers of a suite. The `config` of a scorer is data for its own code. */
export function unfilledTemplatesInSuite(value: unknown, places: Places): Problem[] {
  return templatesIn(value, places, (path) => path[0] === "scorers" && !path.includes("config"), []);
}

function templatesIn(value: unknown, places: Places, isText: (path: Path) => boolean, path: Path): Problem[] {
  if (typeof value === "string") {
    const found = isText(path) ? MEANT.exec(value)?.[0] : undefined;
    return found === undefined ? [] : [unfilled(found, path, { path: places.path, ...places.at(path) })];
  }
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    templatesIn(inner, places, isText, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function unfilled(written: string, path: Path, place: Pick<Problem, "path" | "line" | "column">): Problem {
  const [top, , setting] = path;
  return {
    code: "EVALS_TEMPLATE_NOT_FILLED",
    ...place,
    what: `${written} is not filled here.`,
    why: "This text would be sent, compared or run as it is written. Templates are filled in prompts, judges, and the url, body and headers of an http model.",
    fix:
      top === "scorers"
        ? "Name the place in the case: against: expected.name or against: input.name. To compare with these very characters, put them into the dataset as the expected text."
        : setting === "command"
          ? "Read the case in the program: it gets {case, trial, input, messages} as JSON on stdin."
          : "Put it into the prompt, or ask the service by an http model, whose body takes templates.",
  };
}
