import type { Ended } from "../scenario.ts";

/** A mistake as `--json` prints it. */
interface PrintedProblem {
  readonly code?: unknown;
  readonly what?: unknown;
  readonly why?: unknown;
  readonly fix?: unknown;
  readonly path?: unknown;
}

/** The rule about exit code and output that an ended command broke; undefined if it broke none. */
export function broken({ exit, stdout, stderr }: Ended): string | undefined {
  if (![0, 1, 2, 3].includes(exit)) return `exit ${exit}: ${stderr.slice(0, 2000)}`;
  const all = stdout + stderr;
  if (/^\s+at (?:async )?[\w.<>#[\] ]+ ?\(?(?:file:|node:|\/).*:\d+:\d+/m.test(all))
    return `a stack trace: ${all.slice(0, 2000)}`;
  let document: { readonly schema?: unknown; readonly exit?: unknown; readonly problems?: unknown };
  try {
    document = JSON.parse(stdout) as typeof document;
  } catch {
    return `no document: ${all.slice(0, 500)}`;
  }
  if (document.exit !== exit) return `the document says exit ${String(document.exit)}, the process ${exit}`;
  if (exit !== 2) return undefined;
  const problems = document.problems as readonly PrintedProblem[] | undefined;
  if (!Array.isArray(problems) || problems.length === 0)
    return `exit 2 without a mistake: ${stdout.slice(0, 500)}`;
  const bad = problems.find((one) => !isPlaced(one));
  return bad === undefined
    ? undefined
    : `a mistake without its sentences or its location: ${JSON.stringify(bad).slice(0, 1000)}`;
}

/** Codes of mistakes that are not about a file and so have no path. */
const WITHOUT_A_PLACE = new Set<unknown>(["EVALS_JUDGE_NO_VERDICT"]);

function isPlaced({ code, what, why, fix, path }: PrintedProblem): boolean {
  const says = [code, what, why, fix].every((text) => typeof text === "string" && text !== "");
  return says && (typeof path === "string" || WITHOUT_A_PLACE.has(code));
}
