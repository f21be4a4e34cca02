import { type CallOf, declareCommand } from "./declare-command.ts";

export const log = declareCommand({
  words: "log",
  group: "baseline",
  examples: ["evals log"],
  type: (command) => command.description("list promotions and rollbacks: who, what, when and why"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/log.ts")).logCommand(call),
});
export type LogCall = CallOf<typeof log>;
