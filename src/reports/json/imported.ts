import type { Problem } from "../../domain/problem.ts";
import { problemJson } from "./documents.ts";

/** The members that the report of every import contains. */
interface ImportLists {
  /** Number of imported items by kind. */
  readonly taken: object;
  /** Parts of the source that were not imported, each with its location and the reason. */
  readonly left: readonly object[];
  readonly problems: readonly Problem[];
}

/** The result of converting another tool's files to files of the project. */
export interface ImportedFiles extends ImportLists {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly added: readonly string[];
  readonly kept: readonly object[];
  readonly more?: object | undefined;
}

/** The output of `evals import <tool> --json`. */
export function importedFilesDocument(imported: ImportedFiles, exit: number, dryRun: boolean): object {
  const { written, unchanged, added, taken, left, kept, more } = imported;
  return {
    ...headOf(exit, dryRun),
    written,
    ...(unchanged.length === 0 ? {} : { unchanged }),
    ...(added.length === 0 ? {} : { added }),
    ...{ taken, left, kept },
    ...more,
    ...problemsOf(imported),
  };
}

/** The result of importing production traces into the store. */
export interface ImportedTraffic extends Omit<ImportLists, "taken"> {
  readonly traces: number;
  readonly duplicates: number;
  readonly completed: number;
  readonly conventions: readonly { readonly name: string; readonly traces: number }[];
}

/** The output of `evals import traces --json`. */
export function importedTracesDocument(imported: ImportedTraffic, exit: number, dryRun: boolean): object {
  const { traces, duplicates, completed, conventions, left } = imported;
  return {
    ...headOf(exit, dryRun),
    written: [],
    taken: { traces, duplicates, completed },
    ...{ conventions, left },
    kept: [],
    ...problemsOf(imported),
  };
}

const headOf = (exit: number, dryRun: boolean): object => ({
  schema: "evals.import/1",
  exit,
  ...(dryRun ? { dry_run: true } : {}),
});

const problemsOf = ({ problems }: Pick<ImportLists, "problems">): object =>
  problems.length === 0 ? {} : { problems: problems.map(problemJson) };
