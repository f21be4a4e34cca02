import { EXIT } from "../../domain/exit-code.ts";
import { SHELLS } from "../../reports/completion/shells.ts";
import { declareCommand } from "./declare-command.ts";

export const completion = declareCommand({
  words: "completion",
  group: "start",
  examples: ["evals completion bash", "evals completion zsh", "evals completion fish"],
  values: { shell: SHELLS },
  type: (command) =>
    command
      .description("print a script for Tab completion in a shell")
      .argument("<shell>", SHELLS.join(", ")),
  act: async ({ io, args: [shell], wholeProgram }) => {
    const { completionCommand } = await import("../commands/completion.ts");
    io.stdout(completionCommand(shell, await wholeProgram()));
    return EXIT.ok;
  },
});
