import type { ImporterEntry } from "../../operations/importing/importers.ts";
import { type CallOf, declareCommand, list } from "./declare-command.ts";

/** `evals import <tool>`, generated from the registry of importers. */
export function importTool(entry: ImporterEntry) {
  return declareCommand({
    words: `import ${entry.name}`,
    group: "judges",
    examples: entry.examples,
    type: (command) => {
      const typed = command
        .description(entry.about)
        .argument(entry.sources, entry.sourcesAbout)
        .option("--out <dir>", "write to this folder; default: the current project")
        .option("--name <name>", "name of the suite; default: the name of the file or of its folder");
      for (const { flags, about, repeated } of entry.options ?? [])
        if (repeated === true) typed.option(flags, about, list);
        else typed.option(flags, about);
      return typed.option("--dry-run", "show what would be written");
    },
    output: ["json"],
    act: async (call): Promise<number> => (await import("../commands/import.ts")).importCommand(entry, call),
  });
}
export type ImportCall = CallOf<ReturnType<typeof importTool>>;
