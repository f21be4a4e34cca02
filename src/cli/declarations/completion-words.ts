import { EXIT } from "../../domain/exit-code.ts";
import { declareCommand } from "./declare-command.ts";

/**
 * `evals completion-words <kind>`: prints names for the completion scripts, which call it while the user types. The
 * command never fails; when it cannot read the names, it prints none.
 */
export const completionWords = declareCommand({
  words: "completion-words",
  group: "start",
  examples: [],
  hidden: true,
  type: (command) =>
    command.description("print names for a completion script, one per line").argument("<kind>"),
  act: async ({ io, options: { directory }, args: [kind] }) => {
    const words = await import("../../operations/completion-words.ts");
    const names = await words.completionWords(io, { directory, kind });
    io.stdout(names.map((name) => `${name}\n`).join(""));
    return EXIT.ok;
  },
});
