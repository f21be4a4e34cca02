import { SettingMistake } from "../domain/problem.ts";
import { membersOf } from "./chat-shapes.ts";

/** Returns the first value that a JSONPath finds; undefined when there is none. */
export type JsonGetter = (value: unknown) => unknown;

const STEP = /\.([A-Za-z_]\w*)|\['([^'\\]*)'\]|\["([^"\\]*)"\]|\[(\d+)\]/y;

/** The objects in which a path with only names and indices looks, the outermost first; none for any other path. */
export function objectsOnPath(path: string): (value: unknown) => readonly ObjectOnPath[] {
  const steps = simpleSteps(path) ?? [];
  return (value) => {
    const found: ObjectOnPath[] = [];
    let at = value;
    for (const step of steps) {
      if (typeof step === "string" && membersOf(at) !== undefined)
        found.push({ members: at as object, asked: step });
      at = follow(at, step);
    }
    return found;
  };
}

/** An object, and the member of it that a path reads. */
export interface ObjectOnPath {
  readonly members: object;
  readonly asked: string;
}

/** The steps of a path that has only member names and indices; undefined for any other path. */
function simpleSteps(path: string): readonly (string | number)[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path);
    if (match === null) return undefined;
    steps.push(match[4] === undefined ? (match[1] ?? match[2] ?? match[3] ?? "") : Number(match[4]));
  }
  return steps;
}

function follow(value: unknown, step: string | number): unknown {
  if (typeof step === "number") return Array.isArray(value) ? value[step] : undefined;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
}

/**
 * Compiles an RFC 9535 JSONPath. Most paths have only names and indices; these are evaluated without a library.
 *
 * @param at location of the path in the settings
 * @throws {SettingMistake} EVALS_JSONPATH for an invalid path
 */
export async function compileJsonPath(path: string, at: readonly (string | number)[]): Promise<JsonGetter> {
  const steps = simpleSteps(path);
  if (steps !== undefined) return (value) => steps.reduce(follow, value);
  const { compileJsonQuery, JsonQueryMistake } = await import("../domain/json-query.ts");
  try {
    const { values } = compileJsonQuery(path);
    return (value) => (value === undefined ? undefined : values(value)[0]);
  } catch (error) {
    if (!(error instanceof JsonQueryMistake)) throw error;
    throw new SettingMistake(
      at,
      {
        code: "EVALS_JSONPATH",
        what: `"${path}" is not a JSONPath: ${error.message} at character ${error.position}.`,
        why: "A JSONPath says where in the reply a value is; a path that is not valid finds nothing.",
        fix: "Write an RFC 9535 path such as $.answer or $.choices[0].message.content.",
      },
      { cause: error },
    );
  }
}
