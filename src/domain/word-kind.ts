/** The kinds of names that a command-line argument can be. */
export type WordKind = "suites" | "prompts" | "judges" | "models" | "runs" | "promotions" | "sides";
