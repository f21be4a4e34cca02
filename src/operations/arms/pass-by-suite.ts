import { allItems, everyItem } from "../../domain/pages.ts";
import { EvalsError } from "../../domain/problem.ts";
import { runOutputsFile, type SideContext } from "../sides/outputs-side.ts";
import type { ReadAnswer } from "./read-arm.ts";

/** Scores the answers of a file with the suite's current scorers, and stores them as a run. */
export async function passBySuite(
  answers: readonly ReadAnswer[],
  path: string,
  suite: string,
  context: SideContext,
): Promise<ReadAnswer[]> {
  if (answers.some((one) => one.case === null)) throw noCase(path, suite);
  const { no } = await runOutputsFile(path, suite, context);
  const { read } = context.store;
  const ids = new Map((await allItems((page) => read.cases(no, page))).map((one) => [one.case_no, one.id]));
  const passed = new Map<string, boolean | null>();
  for await (const row of everyItem((page) => read.trials(no, page)))
    passed.set(`${row.trial} ${ids.get(row.case_no)}`, row.pass);
  return answers.map((one) => ({ ...one, pass: passed.get(`${one.trial} ${one.case}`) ?? null }));
}

function noCase(path: string, suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_ARM_CASE",
    path,
    what: 'A line has no "case".',
    why: `Suite ${suite} needs the case of each answer in order to score it.`,
    fix: 'Add "case":"<id>" to every line, or leave --suite out where lines say "pass" themselves.',
  });
}
