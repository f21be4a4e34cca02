import type { Problem } from "../domain/problem.ts";
import type { LoadedSuite, Places } from "../domain/project.ts";
import { caseOpener } from "./open-cases.ts";
import { resolveDataset } from "./resolve-dataset.ts";
import type { SuiteDraft } from "./salvage-suite.ts";
import { isNamed, type SuiteReading, withPlace } from "./suite-reading.ts";

/** The suite's own cases, or those of its dataset; undefined when a problem was added to `problems`. */
export async function findSuiteCases(
  suite: SuiteDraft,
  value: unknown,
  { places, context, problems }: SuiteReading,
): Promise<LoadedSuite["openCases"] | undefined> {
  const { dataset, cases } = suite;
  if (cases !== undefined) {
    if (dataset !== undefined) problems.push(casesTwice(places));
    const { openListedCases } = await import("./listed-cases.ts");
    return async () => openListedCases((value as { cases: unknown[] }).cases, places, ["cases"]);
  }
  if (dataset === undefined) {
    if (!isNamed(value, "dataset") && !isNamed(value, "cases")) problems.push(noCases(places));
    return undefined;
  }
  if (typeof dataset !== "string") {
    const { moduleCases } = await import("./module-cases.ts");
    return withPlace(places, ["dataset", "module"], problems, () => moduleCases(dataset, context));
  }
  const path = withPlace(places, ["dataset"], problems, () => resolveDataset(context.files, dataset));
  return path === undefined ? undefined : caseOpener(context.files, path);
}

function casesTwice(places: Places): Problem {
  return {
    code: "EVALS_SUITE_CASES",
    path: places.path,
    ...places.at(["cases"], "key"),
    what: 'This suite has both "dataset" and "cases".',
    why: "A run must be about one set of cases, and nobody could tell which it was.",
    fix: "Delete one of them; evals split <suite> moves `cases` into a dataset.",
  };
}

function noCases(places: Places): Problem {
  return {
    code: "EVALS_SUITE_MISSING_KEY",
    path: places.path,
    ...places.at([]),
    what: '"dataset" is missing.',
    why: "A suite asks every case of one dataset, so it must say which.",
    fix: "dataset: <name>        (a file datasets/<name>.jsonl), or cases: with the cases themselves",
  };
}
