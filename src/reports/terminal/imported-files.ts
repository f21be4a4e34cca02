import { type LeftOut, leftOutLines } from "./left-out.ts";

/** What an import of another tool's files did, as it is read here. Paths are relative to the working directory. */
interface ShownImport {
  readonly written: readonly string[];
  /** Files that were there already, as the import would write them. */
  readonly unchanged: readonly string[];
  /** Models that were added to a config which was there. */
  readonly added: readonly string[];
  /** How many of each kind: `cases`, `scorers`, … */
  readonly taken: Readonly<Record<string, number>>;
  readonly left: readonly LeftOut[];
  /** Where the project is: `.` or a folder. */
  readonly root: string;
}

/** Each file, what was taken, what was left and why, and what to type next. */
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
    `Taken: ${counts.join(", ")}`,
    ...leftOutLines(imported.left),
    "",
    ...(dryRun
      ? ["Nothing was written: this was a dry run.", ""]
      : [
          "Next:",
          `  npx evals check${inFolder}     validates every file`,
          `  npx evals run${inFolder}       asks, scores and keeps the answers`,
          "",
        ]),
  ].join("\n");
}
