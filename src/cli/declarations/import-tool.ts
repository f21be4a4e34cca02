import type { ImporterEntry } from "../../operations/importing/importers.ts";
import { type DeclaredCommand, declareCommand, list } from "./declare-command.ts";

/** `evals import <tool>`, generated from the registry of importers. */
export function importTool(entry: ImporterEntry): DeclaredCommand {
  return declareCommand({
    words: `import ${entry.name}`,
    group: "judges",
    examples: entry.examples,
    type: (command) => {
      command
        .description(entry.about)
        .argument(entry.sources, entry.sourcesAbout)
        .option("--out <dir>", "make the project in this folder; by default in the project around")
        .option("--name <name>", "what the suite is called; by default as the file or its folder");
      for (const { flags, about, repeated } of entry.options ?? [])
        if (repeated === true) command.option(flags, about, list);
        else command.option(flags, about);
      return command
        .option("--dry-run", "show what would be written")
        .option("--json", "one JSON document on stdout");
    },
    act: async ({ io, options, args }) =>
      (await import("../commands/import.ts")).importCommand(entry, options, args.flat().map(String), io),
  });
}
