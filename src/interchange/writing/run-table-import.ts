import type { Json } from "../../domain/json.ts";
import type { Imported, Left, SourcePlace } from "../imported.ts";
import { LeftList } from "../reading/left-list.ts";
import { RUN_COLUMNS, valueOfText } from "../run-table.ts";
import { datasetFile } from "./dataset-import.ts";
import { type DatasetRow, readShape } from "./dataset-rows.ts";
import { importOutputs, outputLine, TrialNumbers } from "./outputs-import.ts";

/** A row of an exported run, by column; an empty cell is undefined. */
export interface RunRow {
  readonly place: SourcePlace;
  readonly cells: Readonly<Record<string, Json | undefined>>;
}

/** Whether a table was written by `evals export`. */
export function isRunTable(columns: readonly string[]): boolean {
  return RUN_COLUMNS.every((column) => columns.includes(column));
}

/** The cases of an exported run with their original content, and its answers. */
export async function importRunTable(
  name: string,
  from: string,
  rows: () => AsyncIterable<RunRow>,
): Promise<Imported> {
  const left = new LeftList();
  const cases = () => caseRows(rows());
  const { count } = await readShape(cases, left);
  if (count === 0) return { files: [], models: {}, taken: {}, left: left.all(), kept: [] };
  const trials = new TrialNumbers();
  let answers = 0;
  for await (const row of rows()) {
    if (isAnswer(row)) {
      trials.next(String(row.cells.case));
      answers++;
    } else
      left.add(
        row.place,
        `trial ${row.cells.trial} of case ${row.cells.case}`,
        "It ended without an answer.",
      );
  }
  return importOutputs({
    name,
    description: `Cases and answers of ${from}.`,
    dataset: datasetFile(name, cases),
    outputs: {
      path: `fixtures/${name}.jsonl`,
      text: { [Symbol.asyncIterator]: () => outputLines(rows()) },
    },
    ...{ trials: trials.largest, cases: count, answers, scorers: [], left },
  });
}

const isAnswer = ({ cells }: RunRow): boolean => cells.outcome === "answered" && cells.case !== undefined;

/** Each case once, from its first trial. */
async function* caseRows(rows: AsyncIterable<RunRow>): AsyncGenerator<DatasetRow | Left> {
  const seen = new Set<string>();
  for await (const { place, cells } of rows) {
    const id = cells.case === undefined ? "" : String(cells.case);
    if (seen.has(id)) continue;
    seen.add(id);
    if (id === "" || cells.input === undefined)
      yield { ...place, what: "a row without a case or an input", why: "There is nothing to ask." };
    else
      yield {
        place,
        id,
        input: cellValue(cells.input),
        wasCase: true,
        ...(cells.expected === undefined ? {} : { expected: cellValue(cells.expected) }),
      };
  }
}

const cellValue = (cell: Json): Json => (typeof cell === "string" ? valueOfText(cell) : cell);

async function* outputLines(rows: AsyncIterable<RunRow>): AsyncGenerator<string> {
  const trials = new TrialNumbers();
  for await (const row of rows) {
    if (!isAnswer(row)) continue;
    const { cells } = row;
    const id = String(cells.case);
    const [input, output] = [numberOf(cells.input_tokens), numberOf(cells.output_tokens)];
    yield outputLine({
      case: id,
      trial: trials.next(id),
      output: cells.output ?? "",
      model: cells.model === undefined ? undefined : String(cells.model),
      usage:
        input === undefined || output === undefined
          ? undefined
          : { input_tokens: input, output_tokens: output },
      latency_ms: numberOf(cells.latency_ms),
      cost_usd: numberOf(cells.cost_usd),
    });
  }
}

function numberOf(cell: Json | undefined): number | undefined {
  const value = typeof cell === "string" ? Number(cell) : cell;
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
