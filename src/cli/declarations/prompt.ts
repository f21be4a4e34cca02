import { declareOverview } from "./declare-command.ts";

export const prompt = declareOverview({
  words: "prompt",
  group: "baseline",
  examples: ["evals prompt list"],
  about: "versions of prompts: create a new one, compare two, list all",
  commands: ["new", "diff", "list"],
});
