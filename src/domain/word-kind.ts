/** Whose names a word on the command line can be. */
export type WordKind = "suites" | "prompts" | "judges" | "models" | "runs" | "promotions" | "sides";
