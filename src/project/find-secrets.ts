import type { Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";

/** Formats of providers' API keys. Their prefixes do not occur in normal text. */
const SECRET =
  /\b(?:[sr]k[-_](?=[\w-]*\d)[\w-]{8,}|sk-[\w-]{20,}|AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|github_pat_\w{22,}|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|AIza[\w-]{30,}|hf_[A-Za-z0-9]{30,}|gsk_\w{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,})|\bBearer\s+[\w.~+/-]{20,}=*|-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const EVERY_SECRET = new RegExp(SECRET.source, "g");

/** The problem code for an API key in a file. */
export const SECRET_CODE = "EVALS_SECRET_IN_FILE";

/** Whether a text contains something that looks like an API key. */
export function looksSecret(text: string): boolean {
  return SECRET.test(text);
}

/** Replaces everything in a text that looks like an API key. */
export function withoutSecrets(text: string): string {
  return text.replace(EVERY_SECRET, "[key removed]");
}

/** Removes API keys from every text of a problem, because a message must never repeat a key. */
export function problemWithoutSecrets(problem: Problem): Problem {
  const { path, what, why, fix } = problem;
  return {
    ...problem,
    ...(path === undefined ? {} : { path: withoutSecrets(path) }),
    what: withoutSecrets(what),
    why: withoutSecrets(why),
    fix: withoutSecrets(fix),
  };
}

/** Headers with a credential; their value must come from the environment, whatever it looks like. */
const CREDENTIAL_HEADER = /^(?:proxy-)?authorization$|^(?:x-)?api[-_]?key$|^cookie$/i;

/** Finds API keys in the values and names of a parsed file. */
export function secretsInValue(value: unknown, places: Places, path: readonly PropertyKey[] = []): Problem[] {
  if (typeof value === "string") {
    const credential = path.at(-2) === "headers" && CREDENTIAL_HEADER.test(String(path.at(-1)));
    return looksSecret(value) || (credential && !value.includes("${env:"))
      ? [secretProblem({ path: places.path, ...places.at(path) })]
      : [];
  }
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const step = Array.isArray(value) ? Number(key) : key;
    const named = looksSecret(key)
      ? [secretProblem({ path: places.path, ...places.at([...path, step], "key") })]
      : [];
    return [...named, ...secretsInValue(inner, places, [...path, step])];
  });
}

/** Finds API keys in a text, line by line. */
export function secretsInText(text: string, path: string): Problem[] {
  if (!looksSecret(text)) return [];
  return text.split("\n").flatMap((line, index) => {
    const at = line.search(SECRET);
    return at === -1 ? [] : [secretProblem({ path, line: index + 1, column: at + 1 })];
  });
}

function secretProblem(place: { path: string; line: number; column: number }): Problem {
  return {
    code: SECRET_CODE,
    ...place,
    what: "This looks like a key.",
    why: "A key in a file ends up in git, where everybody who can read the repository can use it.",
    fix: "Revoke the key, put the new one into an environment variable or .env, and name it: api_key_env: NAME, or ${env:NAME} in a header.",
  };
}
