import { didYouMean } from "../../domain/did-you-mean.ts";
import type { Problem } from "../../domain/problem.ts";
import { REPORTER_NAMES } from "./registry.ts";

export const unknownReporter = (name: string): Problem => ({
  code: "EVALS_REPORTER_UNKNOWN",
  what: `Unknown reporter "${name}".${didYouMean(name, REPORTER_NAMES)}`,
  why: "A missing report would only be noticed when it is needed.",
  fix: `One of: ${REPORTER_NAMES.join(", ")}, with =file to write a file`,
});

export const unnamedFile = (name: string): Problem => ({
  code: "EVALS_REPORT_FILE",
  what: `--reporter ${name}= names no file.`,
  why: "The name is empty; often it comes from a variable that is not set.",
  fix: `--reporter ${name}=<file>, or --reporter ${name} without =`,
});

export const fileTwice = (one: string, other: string): Problem => ({
  code: "EVALS_REPORT_FILE",
  what: `--reporter ${one} and --reporter ${other} write the same file.`,
  why: "The second report would overwrite the first.",
  fix: "Give each reporter a file of its own.",
});

/** @param options the options whose reports go to stdout, as typed */
export const stdoutTwice = (options: readonly string[]): Problem => ({
  code: "EVALS_REPORT_FILE",
  what: `${options.join(" and ")} write to stdout.`,
  why: "One document after the other could not be read by a program, and a report that is left out would only be noticed when it is needed.",
  fix: `Write all but one to files: ${options.at(-1)}=<file>`,
});
