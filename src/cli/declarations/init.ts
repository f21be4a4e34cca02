import { declareCommand } from "./declare-command.ts";

export const init = declareCommand({
  words: "init",
  group: "start",
  examples: ["evals init", "evals init my-evals"],
  type: (command) =>
    command
      .description("make a project here that runs without a key; nothing is overwritten")
      .argument("[dir]", "directory, made when it is not there"),
  act: async ({ io, options, args: [folder] }) =>
    (await import("../commands/init.ts")).initCommand(options, folder, io),
});
