import { type CallOf, declareCommand } from "./declare-command.ts";

export const view = declareCommand({
  words: "view",
  group: "look",
  examples: ["evals view", "evals view latest", "evals view --no-open --port 4173"],
  values: { run: "runs" },
  type: (command) =>
    command
      .description("every run on a page of this machine, live: verdicts, cases, answers, whole trials")
      .argument("[run]", "opens at this run: its id, a prefix of it, or latest")
      .option("--port <p>", "serve the page on this port; any free one when left out")
      .option("--no-open", "print the address and open no browser"),
  act: async (call): Promise<number> => (await import("../commands/view.ts")).viewCommand(call),
});
export type ViewCall = CallOf<typeof view>;
