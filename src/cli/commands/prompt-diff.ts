import { EvalsError } from "../../domain/problem.ts";
import { comparePromptVersions } from "../../operations/compare-prompt-versions.ts";
import { promptDiff } from "../../reports/terminal/prompt-diff.ts";
import type { PromptDiffCall } from "../declarations/prompt-diff.ts";
import { printResult } from "../print-result.ts";

/** `evals prompt diff <name> [versions...]`: compares the texts of two versions of a prompt. */
export async function promptDiffCommand({
  io,
  options,
  args: [prompt, versions],
}: PromptDiffCall): Promise<number> {
  const [a, b] = sidesOf(prompt, versions);
  const comparison = await comparePromptVersions(io, { directory: options.directory, a, b });
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.prompt/1", exit, ...comparison }),
    text: ({ style }) => promptDiff(comparison, style),
  });
}

/** Whether a word is a version or a range without a name: `1.2.0`, `^1`. */
const isVersion = (word: string): boolean => /^[\^~]?\d/.test(word);

/**
 * The two versions to compare, from `name`, `name 1.0.0`, `name 1.0.0 1.2.0`, `name@1.0.0 1.2.0` or `name@1.0.0
 * name@1.2.0`.
 *
 * @throws {EvalsError} EVALS_USAGE when more than two versions are named
 */
function sidesOf(prompt: string, versions: readonly string[]): readonly [string, string | undefined] {
  const [version, ...others] = versions;
  const isNameFirst = version !== undefined && !prompt.includes("@") && isVersion(version);
  const [a, ...rest] = isNameFirst ? [`${prompt}@${version}`, ...others] : [prompt, ...versions];
  const [b] = rest;
  if (rest.length <= 1) return [a, b];
  const name = prompt.split("@")[0] ?? prompt;
  throw new EvalsError({
    code: "EVALS_USAGE",
    what: `Too many versions to compare: ${[a, ...rest].join(", ")}.`,
    why: "A diff compares two versions; the others would be ignored silently.",
    fix: `evals prompt diff ${name} 1.0.0 1.1.0, with the two versions that you mean; evals prompt list ${name} lists them`,
  });
}
