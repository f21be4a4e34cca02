import { type CallOf, declareCommand } from "./declare-command.ts";

export const view = declareCommand({
  words: "view",
  group: "look",
  examples: ["evals view", "evals view latest", "evals view --no-open --port 4173"],
  values: { run: "runs" },
  type: (command) =>
    command
      .description("open all runs on a live page in the browser: verdicts, cases, answers, trials")
      .argument("[run]", "the run to show first: its id, a prefix of it, or latest")
      .option("--port <p>", "serve the page on this port; default: any free port")
      .option("--no-open", "print the address and open no browser"),
  act: async (call): Promise<number> => (await import("../commands/view.ts")).viewCommand(call),
});
export type ViewCall = CallOf<typeof view>;
