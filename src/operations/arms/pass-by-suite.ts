import { allItems, everyItem } from "../../domain/pages.ts";
import { runOutputsFile, type SideContext } from "../sides/outputs-side.ts";
import type { ReadAnswer } from "./read-arm.ts";

/** Scores the answers of a file, each with its case, with the suite's current scorers, and stores them as a run. */
export async function passBySuite(
  answers: readonly ReadAnswer[],
  path: string,
  suite: string,
  context: SideContext,
): Promise<ReadAnswer[]> {
  const { no } = await runOutputsFile(path, suite, context);
  const { read } = context.store;
  const ids = new Map((await allItems((page) => read.cases(no, page))).map((one) => [one.case_no, one.id]));
  const passed = new Map<string, boolean | null>();
  for await (const row of everyItem((page) => read.trials(no, page)))
    passed.set(`${row.trial} ${ids.get(row.case_no)}`, row.pass);
  return answers.map((one) => ({ ...one, pass: passed.get(`${one.trial} ${one.case}`) ?? null }));
}
