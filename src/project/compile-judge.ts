import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import {
  JUDGE_VARIABLES,
  type JudgeFile,
  type JudgeMessage,
  type JudgePrompt,
  type JudgeScope,
} from "../domain/judge.ts";
import type { Message } from "../domain/message.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { type AskedVariable, compileTemplate, variablesOf } from "../templates/compile-template.ts";
import { ClockFailure, type Template, TemplateFailure, UndefinedInTemplate } from "../templates/template.ts";
import { clockProblem, placeOf, syntaxProblem } from "./compile-prompt.ts";

/** One template of a judge with its location. */
interface Source {
  readonly template: string;
  /** Line of the template's first character in the judge's file. */
  readonly line: number;
}

interface Compiled extends Source {
  readonly render: Template;
}

/**
 * Compiles a judge's prompt: the messages of the judge's file, or the standard messages of the judge's kind with the
 * file's text in them.
 *
 * @param messages the standard messages of the judge's kind; null for a file with its own role lines
 * @throws {EvalsError} with every invalid template and unknown variable
 */
export async function compileJudge(
  file: Pick<JudgeFile, "path" | "parts" | "instructions">,
  messages: readonly JudgeMessage[] | null,
): Promise<JudgePrompt> {
  const reading: Reading = { path: file.path, problems: [], variables: new Set() };
  const instructions = file.instructions && (await compiled(file.instructions, reading));
  const parts: { readonly role: Message["role"]; readonly text: Compiled | null }[] = [];
  for (const part of messages ?? file.parts ?? []) {
    if ("kind" in part && part.kind === "messages") continue;
    const line = "line" in part ? part.line : 1;
    parts.push({ role: part.role, text: await compiled({ template: part.template, line }, reading) });
  }
  if (reading.problems.length > 0) throw new EvalsError(reading.problems);
  const render = (one: Compiled, scope: JudgeScope, caseId: string): string => {
    try {
      return one.render(scope);
    } catch (error) {
      throw renderMistake(error, one, { path: file.path, caseId });
    }
  };
  return {
    variables: reading.variables,
    render: (scope, caseId) => {
      // The file's text becomes a paragraph of its own.
      const completed = instructions === null ? "" : `\n${render(instructions, scope, caseId)}\n`;
      const whole = { ...scope, instructions: completed };
      return parts.flatMap(({ role, text }) =>
        text === null ? [] : [{ role, content: render(text, whole, caseId).trim() }],
      );
    },
  };
}

interface Reading {
  readonly path: string;
  readonly problems: Problem[];
  readonly variables: Set<string>;
}

async function compiled(source: Source, reading: Reading): Promise<Compiled | null> {
  const { path, problems, variables } = reading;
  try {
    for (const asked of await variablesOf(source.template)) {
      if (Object.hasOwn(JUDGE_VARIABLES, asked.root)) variables.add(asked.root);
      else problems.push(unknownVariable(asked, source, path));
    }
    return { ...source, render: await compileTemplate(source.template) };
  } catch (error) {
    if (!(error instanceof TemplateFailure)) throw error;
    problems.push(
      error instanceof ClockFailure ? clockOfJudge(error, source, path) : syntaxProblem(error, source, path),
    );
    return null;
  }
}

const ALL = Object.keys(JUDGE_VARIABLES);

function unknownVariable({ root, line, column }: AskedVariable, source: Source, path: string): Problem {
  const guess = nearest(root, ALL);
  return {
    code: "EVALS_JUDGE_VARIABLE",
    path,
    line: source.line + line - 1,
    column,
    what: `A judge's prompt cannot use {{ ${root} }}.${didYouMean(root, ALL)}`,
    why: "With a gap in its prompt, the judge would judge something other than was meant.",
    fix:
      guess === undefined
        ? `Use one of: ${ALL.join(", ")}.`
        : `{{ ${guess} }}        (all: ${ALL.join(", ")})`,
  };
}

/** A judge's template has no `{{ clock }}`, so the fix is another one: a date in the case. */
function clockOfJudge(error: ClockFailure, source: Source, path: string): Problem {
  const fix =
    "Put the date into the case, for instance as metadata.date, and write {{ case.metadata.date }}.";
  return { ...clockProblem(placeOf(source, path, error)), fix };
}

function renderMistake(error: unknown, source: Source, at: { path: string; caseId: string }): unknown {
  if (error instanceof ClockFailure) return new EvalsError(clockOfJudge(error, source, at.path));
  if (!(error instanceof UndefinedInTemplate || error instanceof TemplateFailure)) return error;
  const undefinedName = error instanceof UndefinedInTemplate ? error.variable : undefined;
  return new EvalsError(
    {
      code: "EVALS_JUDGE_RENDER",
      ...placeOf(source, at.path, error),
      what:
        undefinedName === undefined
          ? `This template failed for case "${at.caseId}": ${error.message}.`
          : `Case "${at.caseId}" has no {{ ${undefinedName} }}.`,
      why: "The judge would be asked about a value that does not exist.",
      fix:
        undefinedName === undefined
          ? "Change the template so that it works for every case, or change the case."
          : `Add it to the case, or make the template work without it: {% if ${undefinedName} %}…{% endif %}`,
    },
    { cause: error },
  );
}
