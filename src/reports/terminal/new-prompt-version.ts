import type { Bump } from "../../domain/prompt-change.ts";

/** What each version bump promises, shown when a copy is created. */
const PROMISES: Readonly<Record<Bump, string>> = {
  patch: "A patch must not change behaviour by more than the margin.",
  minor: "A minor version may change behaviour, but must not make it worse.",
  major: "A major version may change anything: variables, output schema, tools, model.",
};

/**
 * The report of `evals prompt new`: the new file, and the next step.
 *
 * @param next the command that runs the new version
 */
export function newPromptVersionText(
  { path, from, bump }: { readonly path: string; readonly from: string; readonly bump: Bump },
  next: string,
): string {
  return `${path}\n  copied from ${from}\n  ${PROMISES[bump]}\n  Edit the file, give the reason under rationale, then:  ${next}\n`;
}
