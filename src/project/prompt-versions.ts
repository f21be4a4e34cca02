import type { Problem } from "../domain/problem.ts";

/** A version file of a prompt or judge that differs from what was published under that version. */
export interface ChangedVersion {
  /** Path relative to the project root, for instance `prompts/triage/1.2.0.md`. */
  readonly path: string;
  /** First line that differs from the last published text, from 1. */
  readonly line: number;
  /** Git's object id of the last published text. */
  readonly published: string;
  /** Every version of this prompt or judge that exists or was ever published. */
  readonly taken: readonly string[];
}

const VERSION_FILE =
  /^(?:prompts|judges)\/(.+)\/(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)\.md$/;

/** Name and version of a version file; null for other paths. */
export function versionOfPath(path: string): { readonly name: string; readonly version: string } | null {
  const match = VERSION_FILE.exec(path);
  return match?.[1] === undefined || match[2] === undefined ? null : { name: match[1], version: match[2] };
}

/** The next unused patch version. */
export function freePatch(version: string, taken: readonly string[]): string {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map(Number);
  const used = new Set(taken);
  for (let next = patch + 1; ; next++) {
    const candidate = `${major}.${minor}.${next}`;
    if (!used.has(candidate)) return candidate;
  }
}

/** The problem of a published version whose text has changed, so that earlier runs with it cannot be repeated. */
export function changedVersionProblem({ path, line, published, taken }: ChangedVersion): Problem {
  const { version } = versionOfPath(path) ?? { version: "1.0.0" };
  const folder = path.slice(0, path.lastIndexOf("/"));
  const next = `${folder}/${freePatch(version, taken)}.md`;
  return {
    code: "EVALS_PROMPT_PUBLISHED",
    path,
    line,
    column: 1,
    what: `Version ${version} is published, and its text has changed.`,
    why: "Runs and baselines name versions: the same version must always mean the same text.",
    fix: `Write it as ${next}: mv ${path} ${next} && git cat-file blob ${published.slice(0, 12)} > ${path}`,
  };
}
