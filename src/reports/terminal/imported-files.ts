import { type LeftOut, leftOutLines } from "./left-out.ts";

/** The result of an import of files. Paths are relative to the working directory. */
interface ShownImport {
  readonly written: readonly string[];
  /** Files that already had exactly the content that the import would write. */
  readonly unchanged: readonly string[];
  /** Aliases of models added to an existing config. */
  readonly added: readonly string[];
  /** Number of imported items by kind: `cases`, `scorers`, … */
  readonly taken: Readonly<Record<string, number>>;
  readonly left: readonly LeftOut[];
  /** The project's folder, `.` for the working directory. */
  readonly root: string;
}

/** Each file, what was imported, what was skipped and why, and the next command. */
export function importedFilesText(imported: ShownImport, dryRun: boolean): string {
  const { written, unchanged, added, taken, root } = imported;
  const counts = Object.entries(taken)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => (count === 1 ? `1 ${kind.replace(/s$/, "")}` : `${count} ${kind}`));
  const inFolder = root === "." ? "" : ` -C ${root}`;
  return [
    ...written
      .filter((path) => added.length === 0 || !path.endsWith("evalconfig.yaml"))
      .map((path) => `  ${dryRun ? "would write" : "created"}  ${path}`),
    ...unchanged.map((path) => `  ${dryRun ? "is there   " : "kept   "}  ${path}`),
    ...(added.length === 0 ? [] : [`  added to evalconfig.yaml: ${added.join(", ")}`]),
    "",
    `${dryRun ? "Would import" : "Imported"}: ${counts.join(", ")}`,
    ...leftOutLines(imported.left),
    "",
    ...(dryRun
      ? ["Nothing was written: this was a dry run.", ""]
      : [
          "Next:",
          `  npx evals check${inFolder}     validates every file`,
          `  npx evals run${inFolder}       asks, scores and keeps the answers`,
          `  npx evals promote${inFolder}   makes the run the baseline, once the files are committed`,
          "",
        ]),
  ].join("\n");
}
