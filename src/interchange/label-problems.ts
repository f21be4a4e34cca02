import { didYouMean } from "../domain/did-you-mean.ts";
import type { Problem } from "../domain/problem.ts";

/** Location of a label in the other tool's file. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export function problemAt(
  at: Place,
  what: string,
  { code, why, fix }: Pick<Problem, "code" | "why" | "fix">,
): Problem {
  return { code, ...at, what: `${what.charAt(0).toUpperCase()}${what.slice(1)}`, why, fix };
}

export function otherSuite(at: Place, where: string, found: string, wanted: string): Problem {
  return problemAt(at, `${where} is of the suite "${found}", not of "${wanted}".`, {
    code: "EVALS_IMPORT_OTHER_SUITE",
    why: "Labels of one suite tell nothing about the judge of another.",
    fix: `evals import labels ${found} <file> --format …`,
  });
}

export function otherCase(at: Place, where: string, id: string, guess: string): Problem {
  return problemAt(at, `${where} is of the case "${id}", which the dataset does not have.${guess}`, {
    code: "EVALS_IMPORT_OTHER_CASE",
    why: "A label belongs to an answer to a case of this suite.",
    fix: "Delete this label from the file, or import it into the suite whose case it labels.",
  });
}

export function otherAnswer(at: Place, where: string): Problem {
  return problemAt(at, `${where}: answer_hash is not the hash of its answer.`, {
    code: "EVALS_IMPORT_OTHER_ANSWER",
    why: "The answer was changed after the export, so nobody can say which text was judged. Some spreadsheets cut long cells.",
    fix: "Export again and judge again, or restore the answer as it was.",
  });
}

/**
 * Problems for raters that `--rater` names by an id that is not in the file.
 *
 * @param found rater ids in the file
 */
export function unknownRaters(
  named: Iterable<string>,
  found: ReadonlySet<string>,
  at: Place,
): readonly Problem[] {
  const unknown = [...named].filter((id) => !found.has(id));
  return unknown.map((id) =>
    problemAt(
      at,
      `no rater in this file has the id "${id}", which --rater gives a name.${didYouMean(id, found)}`,
      {
        code: "EVALS_IMPORT_RATER_UNKNOWN",
        why: "Somebody's labels would be kept under another name than the one that was meant.",
        fix:
          found.size === 0
            ? "Leave this id out: raters of this file have no ids. --rater NAME names the rater of labels that name no rater."
            : `Ids in this file: ${[...found].sort().join(", ")}`,
      },
    ),
  );
}
