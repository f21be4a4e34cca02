import type { Case, CaseSource } from "../domain/case.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedPrompt, LoadedSuite } from "../domain/project.ts";
import { filterMatches } from "./check-cases.ts";
import {
  ExpectedAnswers,
  expectedTexts,
  holdsText,
  isDistinctive,
  type LeakedText,
  promptWords,
} from "./leaked-answers.ts";

/** Maximum number of warnings printed one by one. */
const SHOWN = 10;

/**
 * Warns when a case's expected text is in its prompt, where the model could read it. Letter case, punctuation
 * and whitespace are ignored. Not a leak: text that the prompt takes from the case's input, an answer that the prompt
 * lists as one of the allowed answers, and the words for "no answer". A case whose prompt cannot be rendered is
 * skipped, because `checkRendering` reports it.
 */
export function checkLeaks(prompt: LoadedPrompt, cases: CaseSource, clock?: string): Problem[] {
  const words = promptWords(prompt.version.parts);
  const answers = new ExpectedAnswers(words);
  const leaks = new Map<string, Leak>();
  for (let index = 0; index < cases.count; index++) {
    const golden = cases.read(index);
    if (golden.expected === undefined) continue;
    const leaked = answers.add(golden.expected) ?? renderedLeak(prompt, golden, clock);
    if (leaked === undefined) continue;
    const known = leaks.get(leaked.key);
    if (known === undefined)
      leaks.set(leaked.key, { ...leaked, id: golden.id, line: cases.line(index), others: 0 });
    else known.others++;
  }
  const reported = [...leaks.values()].filter((leak) =>
    leak.standing === "prompt" ? !answers.isAllowed(leak) : leak.others === 0,
  );
  return warnings(reported, prompt.version.path, cases.path);
}

/** After this number of cases whose prompt cannot be rendered, the rest of the dataset is not checked. */
const ENOUGH = 1000;

/**
 * Renders the prompt for every case that the suite's filter includes. If many cases lack the same value, the problem
 * is reported once, for the first of these cases.
 */
export function checkRendering(
  prompt: LoadedPrompt,
  cases: CaseSource,
  { suite: { filter }, clock }: Pick<LoadedSuite, "suite" | "clock">,
): Problem[] {
  const found = new Map<string, { problem: Problem; others: number }>();
  let failed = 0;
  for (let index = 0; index < cases.count && failed < ENOUGH; index++) {
    const golden = cases.read(index);
    if (!filterMatches(filter, golden)) continue;
    try {
      prompt.render(golden, clock);
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
      failed++;
      for (const problem of error.problems) {
        const key = JSON.stringify([problem.code, problem.line, problem.column]);
        const known = found.get(key);
        if (known === undefined) found.set(key, { problem, others: 0 });
        else known.others++;
      }
    }
  }
  return [...found.values()].map(({ problem, others }) => {
    if (others === 0) return problem;
    const atLeast = failed >= ENOUGH ? "at least " : "";
    return {
      ...problem,
      what: `${problem.what} (And ${atLeast}${others} more ${others === 1 ? "case" : "cases"}.)`,
    };
  });
}

interface Leak extends LeakedText {
  readonly id: string;
  readonly line: number;
  others: number;
}

/**
 * An expected text that is in the rendered prompt because the template inserts it from another part of the
 * case.
 */
function renderedLeak(prompt: LoadedPrompt, golden: Case, clock: string | undefined): LeakedText | undefined {
  const wanted = expectedTexts(golden.expected).filter(({ text }) => isDistinctive(text));
  if (wanted.length === 0) return undefined;
  const rendered = renderedText(prompt, golden, clock);
  if (rendered === undefined) return undefined;
  const found = wanted.find(
    ({ text }) => rendered.includes(text) && holdsText(withoutInput(rendered, golden, text), text),
  );
  return found && { key: `rendered ${found.text}`, path: found.path, text: found.text, standing: "case" };
}

function renderedText(prompt: LoadedPrompt, golden: Case, clock: string | undefined): string | undefined {
  try {
    const contents = prompt.render(golden, clock).map(({ content }) => content);
    return contents
      .map((content) => (typeof content === "string" ? content : JSON.stringify(content)))
      .join("\n\0");
  } catch (error) {
    if (error instanceof EvalsError) return undefined;
    throw error;
  }
}

/** Removes from a rendered prompt every text of the input that contains `wanted`, as plain text and as JSON. */
function withoutInput(rendered: string, golden: Case, wanted: string): string {
  let rest = rendered;
  const holding = texts(golden.input).filter((text) => text.includes(wanted));
  for (const text of holding.sort((a, b) => b.length - a.length)) {
    rest = rest.replaceAll(text, "\0").replaceAll(JSON.stringify(text).slice(1, -1), "\0");
    rest = rest.replaceAll(text.trim(), "\0");
  }
  return rest;
}

/** Every string in a JSON value. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(texts);
}

function warnings(leaks: readonly Leak[], promptPath: string, path: string): Problem[] {
  const shown = leaks
    .slice(0, SHOWN)
    .map(({ id, line, others }) => leakWarning(id, others, { path, line, promptPath }));
  const hidden = leaks.length - shown.length;
  const last = shown.at(-1);
  if (hidden === 0 || last === undefined) return shown;
  return [
    ...shown,
    {
      ...last,
      line: undefined,
      column: undefined,
      what: `…and ${hidden} more cases whose expected text is in ${promptPath}.`,
    },
  ];
}

function leakWarning(
  id: string,
  others: number,
  at: { path: string; line: number; promptPath: string },
): Problem {
  const more = others === 0 ? "" : ` (and ${others} more with the same text)`;
  return {
    code: "EVALS_PROMPT_LEAK",
    path: at.path,
    line: at.line,
    column: 1,
    what: `The expected text of case "${id}"${more} is in its prompt, ${at.promptPath}.`,
    why: "A model that can read the answer is not tested.",
    fix: "Take the example out of the prompt, or the case out of the dataset.",
  };
}
