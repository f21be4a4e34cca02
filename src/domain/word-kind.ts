/** The kinds of names that can be given as an argument on the command line. */
export type WordKind = "suites" | "prompts" | "judges" | "models" | "runs" | "promotions" | "sides";
