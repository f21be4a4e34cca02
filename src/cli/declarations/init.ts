import { type CallOf, declareCommand } from "./declare-command.ts";

export const init = declareCommand({
  words: "init",
  group: "start",
  examples: ["evals init", "evals init my-evals", "evals init my-evals --ts"],
  type: (command) =>
    command
      .description("create an example project that runs without a key; overwrites nothing")
      .argument("[dir]", "directory, created if it does not exist")
      .option("--ts", "write the suite in TypeScript: evals/<suite>.ts"),
  act: async (call): Promise<number> => (await import("../commands/init.ts")).initCommand(call),
});
export type InitCall = CallOf<typeof init>;
