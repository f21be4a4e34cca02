/** Shells with completion scripts. To add one: one file here, one word in this list, and one line in `completion-script.ts`. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];
