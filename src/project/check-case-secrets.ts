import type { CaseSource } from "../domain/case.ts";
import type { Problem } from "../domain/problem.ts";
import { looksSecret, SECRET_CODE, withoutSecrets } from "./find-secrets.ts";

/** Maximum number of warnings printed one by one. */
const SHOWN = 10;

/**
 * Warns of cases with a text that looks like an API key. This is not an error, because a case may contain a fake key.
 */
export function caseSecrets(cases: CaseSource): Problem[] {
  const found: number[] = [];
  for (let index = 0; index < cases.count; index++)
    if (looksSecret(JSON.stringify(cases.read(index)))) found.push(index);
  return found.slice(0, SHOWN).map((index, at) => {
    const others = at === SHOWN - 1 ? found.length - SHOWN : 0;
    return {
      code: SECRET_CODE,
      path: cases.path,
      line: cases.line(index),
      column: 1,
      what: `Something in case "${withoutSecrets(cases.id(index))}" looks like a key.${others === 0 ? "" : ` (And in ${others} more cases.)`}`,
      why: "A dataset is in git, and its inputs are sent to a model.",
      fix: "Revoke the key and put a fake one in its place. If it is a fake one already, leave it.",
    };
  });
}
