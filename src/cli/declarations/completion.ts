import { EXIT } from "../../domain/exit-code.ts";
import { declareCommand } from "./declare-command.ts";

/** Shells that complete what is typed: one file in `completion/` and one line here. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export const completion = declareCommand({
  words: "completion",
  group: "start",
  examples: ["evals completion bash", "evals completion zsh", "evals completion fish"],
  values: { shell: SHELLS },
  type: (command) =>
    command
      .description("print a script that completes commands, options and the project's names in a shell")
      .argument("<shell>", SHELLS.join(", ")),
  act: async ({ io, args: [shell], wholeProgram }) => {
    const { completionScript } = await import("../completion/completion-script.ts");
    io.stdout(completionScript(shell, wholeProgram()));
    return EXIT.ok;
  },
});
