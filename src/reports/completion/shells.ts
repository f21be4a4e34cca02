/** Shells that complete what is typed: one file beside this one, one word here and one line in `completion-script.ts`. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];
