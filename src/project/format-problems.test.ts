import { describe, expect, it } from "vitest";
import type { Problem } from "../domain/problem.ts";
import { formatProblem, formatProblems } from "./format-problems.ts";

const problem: Problem = {
  code: "EVALS_SUITE_UNKNOWN",
  path: "evals/a folder with a long name/and another one/support-triage-of-tickets.yaml",
  line: 9,
  what: 'Unknown suite "ticket-qeue-of-the-shop". Did you mean "ticket-queue-of-the-shop"?',
  why: "There would be nothing to run, and a run of nothing would pass without checking anything at all.",
  fix: "model: small        (all models: recorded, small, large, vllm, litellm, llama-cpp, ollama)",
};

describe("a problem in a terminal", () => {
  it("is folded between words, and continues below the first word", () => {
    expect(formatProblem(problem, "error", 80)).toBe(
      `evals/a folder with a long name/and another one/support-triage-of-tickets.yaml:9
error: Unknown suite "ticket-qeue-of-the-shop". Did you mean
       "ticket-queue-of-the-shop"?  [EVALS_SUITE_UNKNOWN]
  why: There would be nothing to run, and a run of nothing would pass without
       checking anything at all.
  fix: model: small        (all models: recorded, small, large, vllm, litellm,
       llama-cpp, ollama)
`,
    );
  });

  it("never folds a command that is meant to be pasted", () => {
    const command = 'git fetch --no-tags --depth=1 origin "+refs/heads/main:refs/remotes/origin/main"';
    expect(formatProblem({ ...problem, fix: command }, "error", 80)).toContain(`\n  fix: ${command}\n`);
    const fix = "git add prompts/ticket-queue/1.1.0.md && git commit, then evals promote aa87efd2";
    expect(formatProblem({ ...problem, fix }, "error", 80)).toContain(
      "  fix: git add prompts/ticket-queue/1.1.0.md && git commit,\n       then evals promote aa87efd2\n",
    );
  });

  it("may be folded before a command", () => {
    const fix =
      "Write it as prompts/ticket-queue/1.0.1.md: mv prompts/ticket-queue/1.0.0.md prompts/ticket-queue/1.0.1.md";
    expect(formatProblem({ ...problem, fix }, "error", 80)).toContain(
      "  fix: Write it as prompts/ticket-queue/1.0.1.md:\n       mv prompts/ticket-queue/1.0.0.md prompts/ticket-queue/1.0.1.md\n",
    );
  });

  it("has one line for each part when there is no terminal, so that a log can be searched", () => {
    const lines = formatProblems([problem]).split("\n");
    expect(lines.filter((line) => /^(error| {2}why| {2}fix): /.test(line))).toHaveLength(3);
    expect(lines).toContain(`error: ${problem.what}  [${problem.code}]`);
    expect(lines).toContain(`  fix: ${problem.fix}`);
  });
});
