import { EvalsError } from "../domain/problem.ts";
import { textOfCell } from "./csv-cell.ts";
import type { Importer, ImportRequest, Left } from "./imported.ts";
import { csvRecords } from "./reading/csv-records.ts";
import { importName, sourcePaths } from "./reading/several-files.ts";
import { type ColumnPlan, planColumns, rowItem } from "./reading/table-rows.ts";
import { importDataset } from "./writing/dataset-import.ts";
import type { DatasetRow } from "./writing/dataset-rows.ts";
import { importRunTable, isRunTable, type RunRow } from "./writing/run-table-import.ts";

/**
 * Imports tables with any separator. The columns are those of evals' own datasets, or mapped by `--map`, or
 * recognized by common names.
 */
export const importCsv: Importer = async (request) => {
  const paths = sourcePaths(request);
  const separator = separatorOf(request);
  const maps = (request.options.map as readonly string[] | undefined) ?? [];
  if (maps.length === 0 && (await isExportedRun(request, paths, separator)))
    return importRunTable(importName(request), paths.join(", "), () => runRows(request, paths, separator));
  return importDataset({
    name: importName(request),
    from: paths.join(", "),
    rows: () => tableRows(request, paths, { separator, maps }),
  });
};

async function isExportedRun(
  { files }: ImportRequest,
  paths: readonly string[],
  separator: string | undefined,
): Promise<boolean> {
  for (const path of paths)
    for await (const { cells } of csvRecords(files, path, separator)) return isRunTable(cells);
  return false;
}

async function* runRows(
  { files }: ImportRequest,
  paths: readonly string[],
  separator: string | undefined,
): AsyncGenerator<RunRow> {
  for (const path of paths) {
    let columns: readonly string[] | undefined;
    for await (const { cells, line } of csvRecords(files, path, separator)) {
      if (columns === undefined) {
        columns = cells;
        continue;
      }
      const entries = columns.map((column, at) => [column, cells[at] ?? ""] as const);
      const filled = entries.flatMap(([column, cell]) =>
        cell === "" ? [] : [[column, textOfCell(cell)] as const],
      );
      yield { place: { path, line }, cells: Object.fromEntries(filled) };
    }
  }
}

interface TableOptions {
  readonly separator: string | undefined;
  readonly maps: readonly string[];
}

async function* tableRows(
  { files }: ImportRequest,
  paths: readonly string[],
  { separator, maps }: TableOptions,
): AsyncGenerator<DatasetRow | Left> {
  for (const path of paths) {
    let plan: ColumnPlan | undefined;
    for await (const { cells, line } of csvRecords(files, path, separator)) {
      if (plan === undefined) plan = planColumns(withoutTail(cells), maps, path);
      else if (withoutTail(cells).length > plan.columns.length)
        yield tooMany({ path, line }, cells.length, plan);
      else yield rowItem(plan, { place: { path, line }, cells });
    }
    if (plan === undefined) throw emptyTable(path);
  }
}

/** Removes empty columns at the end, which spreadsheets may write. */
function withoutTail(cells: readonly string[]): readonly string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== "") + 1);
}

function tooMany(place: { path: string; line: number }, cells: number, { columns }: ColumnPlan): Left {
  return {
    ...place,
    what: `a row of ${cells} cells`,
    why: `The first row names ${columns.length} columns, so it is unknown which cell of this row is the extra one.`,
  };
}

function separatorOf({ options }: ImportRequest): string | undefined {
  const given = options.separator as string | undefined;
  if (given === undefined) return undefined;
  const sign = given === "\\t" || given === "tab" ? "\t" : given;
  if (sign.length === 1 && sign !== '"') return sign;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--separator "${given}" is not one character.`,
    why: "Cells are separated by one character.",
    fix: '--separator ";"    (or tab)',
  });
}

function emptyTable(path: string): EvalsError {
  return new EvalsError({
    code: "EVALS_IMPORT_SYNTAX",
    path,
    line: 1,
    column: 1,
    what: "This file is empty.",
    why: "The first row of a file must name its columns.",
    fix: "Export the table again, with column names in its first row.",
  });
}
