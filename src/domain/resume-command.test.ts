import { describe, expect, it } from "vitest";
import { hasOption, resumeCommand } from "./resume-command.ts";

const run = { id: "3f9c21aa", suite: "triage" };

describe("the command that resumes a run", () => {
  it("repeats the options of the run", () => {
    const repeated_options = ["--budget 0.5", "--no-cache"];
    expect(resumeCommand({ ...run, repeated_options })).toBe(
      "evals run triage --resume --run 3f9c21aa --budget 0.5 --no-cache",
    );
  });

  it("has an added option in the place of the run's own", () => {
    const repeated_options = ["--budget 0.5", "--all-trials"];
    expect(resumeCommand({ ...run, repeated_options }, ["--budget <more>"])).toBe(
      "evals run triage --resume --run 3f9c21aa --all-trials --budget <more>",
    );
    expect(resumeCommand({ ...run, repeated_options }, ["--all-trials"])).toBe(
      "evals run triage --resume --run 3f9c21aa --budget 0.5 --all-trials",
    );
  });

  it("leaves the name of a suite out that a shell would not read as one word", () => {
    expect(resumeCommand({ ...run, suite: "two words" })).toBe("evals run --resume --run 3f9c21aa");
  });

  it("knows an option by its name, whatever its value", () => {
    expect(hasOption({ repeated_options: ["--budget 0.5"] }, "--budget")).toBe(true);
    expect(hasOption({ repeated_options: ["--budget 0.5"] }, "--bud")).toBe(false);
    expect(hasOption({}, "--budget")).toBe(false);
  });
});
