import type { Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";

/** Matches anything intended as an environment reference, valid or not. */
const MEANT = /\$\{\s*env\s*:[^}]*\}?/gi;
const WELL_WRITTEN = /^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$/;

/** Matches a variable as shells and other tools write it, of which nothing is replaced here. */
const OF_SHELLS = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}|^\$([A-Za-z_][A-Za-z0-9_]*)$/;

/** Whether the value at this path is the address of a model. */
function isAddress(path: readonly PropertyKey[]): boolean {
  return path.length === 3 && path[0] === "models" && (path[2] === "base_url" || path[2] === "url");
}

/**
 * Whether a reference at this path is replaced by the variable's value. That is so at `models.<alias>.headers.<name>`
 * and `models.<alias>.env.<name>` of a config, and at the headers of an agent's tools in a suite:
 * `agent.tools.<index>.mcp.headers.<name>` or `….http.headers.<name>`.
 */
function isFilled(path: readonly PropertyKey[]): boolean {
  if (path.length === 4) return path[0] === "models" && (path[2] === "headers" || path[2] === "env");
  return path.length === 6 && path[0] === "agent" && path[1] === "tools" && path[4] === "headers";
}

/** Problems for every `${env:NAME}` in a parsed file that would stay in the text unreplaced. */
export function unfilledInValue(
  value: unknown,
  places: Places,
  path: readonly PropertyKey[] = [],
): Problem[] {
  if (typeof value === "string") {
    const found = value.match(MEANT) ?? [];
    const place = { path: places.path, ...places.at(path) };
    const [shell, ...names] = (isFilled(path) || isAddress(path) ? OF_SHELLS.exec(value) : null) ?? [];
    if (shell !== undefined && isAddress(path)) return [unfilled(shell, place)];
    if (shell !== undefined) return [ofShells(shell, names.find((name) => name !== undefined) ?? "", place)];
    if (!isFilled(path)) return found.length === 0 ? [] : [unfilled(found[0] ?? "", place)];
    const wrong = found.find((one) => !WELL_WRITTEN.test(one));
    return wrong === undefined ? [] : [misspelt(wrong, place)];
  }
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    unfilledInValue(inner, places, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Problems for every `${env:NAME}` in a text, located by line: nothing in a plain text is replaced. */
export function unfilledInText(text: string, path: string): Problem[] {
  if (!/env/i.test(text)) return [];
  return text
    .split("\n")
    .flatMap((line, index) =>
      Array.from(line.matchAll(MEANT), (match) =>
        unfilled(match[0], { path, line: index + 1, column: match.index + 1 }),
      ),
    );
}

type Place = Pick<Problem, "path" | "line" | "column">;

function unfilled(written: string, place: Place): Problem {
  return {
    code: "EVALS_ENV_NOT_FILLED",
    ...place,
    what: `${written} is not replaced by the variable's value here.`,
    why: "This text would be sent, compared or run as it is written. Only headers of a model or of an agent's tools and the env of a command are filled from the environment.",
    fix: 'Move it into headers: or env: of the model, or headers: of the tool. To mean these very characters in a template: {{ "$" }}{env:…}',
  };
}

function misspelt(written: string, place: Place): Problem {
  return {
    code: "EVALS_ENV_NOT_FILLED",
    ...place,
    what: `${written} does not name a variable.`,
    why: "This text would be sent as it is written.",
    fix: `Write the name of a variable: \${env:NAME}`,
  };
}

function ofShells(written: string, name: string, place: Place): Problem {
  return {
    code: "EVALS_ENV_NOT_FILLED",
    ...place,
    what: `${written} is not replaced by the variable's value: only \${env:…} is.`,
    why: "This text would be sent or set as it is written.",
    fix: `Write \${env:${name}}`,
  };
}
