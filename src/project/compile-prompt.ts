import type { Case } from "../domain/case.ts";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import type { Json } from "../domain/json.ts";
import { type Message, ROLES } from "../domain/message.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedPrompt } from "../domain/project.ts";
import type { PromptPart, PromptVersion } from "../domain/prompt.ts";
import { compileTemplate, lookUp } from "../templates/compile-template.ts";
import {
  CLOCK_FIX,
  ClockFailure,
  type Template,
  TemplateFailure,
  UndefinedInTemplate,
} from "../templates/template.ts";
import type { FileSource } from "./file-source.ts";
import { type PromptScope, promptScope } from "./prompt-scope.ts";

/** Appends the messages of one part to `into`. */
type PartRenderer = (scope: PromptScope, golden: Case, into: Message[]) => void;

/**
 * Mistakes in a prompt. `prompt` has the messages that can be read, so that rendering them for the cases can show
 * further mistakes, which are reported together with these.
 */
export class UnreadPrompt extends EvalsError {
  readonly prompt: LoadedPrompt;

  constructor(problems: readonly Problem[], prompt: LoadedPrompt) {
    super(problems);
    this.prompt = prompt;
  }
}

/**
 * Compiles the templates of a prompt version once, so that rendering a case does not parse them again.
 *
 * @param files the source of attached files
 * @param mistakes mistakes in the prompt that were found before
 * @throws {UnreadPrompt} with these mistakes and all invalid templates
 */
export async function compilePrompt(
  version: PromptVersion,
  files: FileSource,
  mistakes: readonly Problem[] = [],
): Promise<LoadedPrompt> {
  const attaching = version.parts.some(attaches) ? await loadAttaching(files) : null;
  const problems = [...mistakes];
  const renderers: PartRenderer[] = [];
  for (const part of version.parts) {
    if (part.kind === "messages") {
      if (attaching !== null) renderers.push(historyRenderer(part, version.path, attaching));
      continue;
    }
    try {
      renderers.push(messageRenderer(part, await compileTemplate(part.template), version.path, attaching));
    } catch (error) {
      if (!(error instanceof TemplateFailure)) throw error;
      problems.push(syntaxProblem(error, part, version.path));
    }
  }
  const prompt: LoadedPrompt = {
    version,
    render: (golden, clock) => renderParts(renderers, golden, clock),
    attached: () => attaching?.attached.paths() ?? [],
  };
  if (problems.length > 0) throw new UnreadPrompt(problems, prompt);
  return prompt;
}

/** Whether a part may attach files: messages from a case may name files, the prompt's own messages must list them. */
const attaches = (part: PromptPart): boolean => part.kind === "messages" || part.attach !== undefined;

/** Loads the code for attached files, which most prompts do not need. */
async function loadAttaching(files: FileSource) {
  const [{ attachedFiles }, attaching] = await Promise.all([
    import("./attached-files.ts"),
    import("./attach-files.ts"),
  ]);
  return { ...attaching, attached: attachedFiles(files) };
}
type Attaching = Awaited<ReturnType<typeof loadAttaching>>;

function renderParts(renderers: readonly PartRenderer[], golden: Case, clock: string | undefined): Message[] {
  const scope = promptScope(golden, clock);
  const messages: Message[] = [];
  for (const render of renderers) render(scope, golden, messages);
  return messages;
}

type MessagePart = PromptPart & { kind: "message" };
type HistoryPart = PromptPart & { kind: "messages" };

function messageRenderer(
  part: MessagePart,
  template: Template,
  path: string,
  attaching: Attaching | null,
): PartRenderer {
  const { role, attach } = part;
  const filesOf =
    attach && attaching ? attaching.attachRenderer(attach, path, attaching.attached) : undefined;
  return (scope, golden, into) => {
    try {
      const text = template(scope);
      if (filesOf === undefined || attaching === null) into.push({ role, content: text });
      else into.push({ role, content: attaching.contentWith(text, filesOf(scope, golden)) });
    } catch (error) {
      const problem = renderProblem(error, part, path, golden);
      if (problem === undefined) throw error;
      throw new EvalsError(problem, { cause: error });
    }
  };
}

function historyRenderer(
  part: HistoryPart,
  path: string,
  { attached, stepsOf, withAttached }: Attaching,
): PartRenderer {
  const steps = stepsOf(part.path);
  return (scope, golden, into) => {
    const found = lookUp(scope, steps);
    if (!Array.isArray(found)) throw new EvalsError(historyProblem(part, path, golden, found));
    for (const [index, message] of (found as Json[]).entries()) {
      if (!isMessage(message)) throw new EvalsError(messageProblem(part, path, golden, index));
      into.push(withAttached(message, { line: part.line, path, golden, attached }));
    }
  };
}

function isMessage(value: Json): value is Json & Message {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const { role, content } = value as { readonly [key: string]: Json };
  if (!ROLES.some((known) => known === role)) return false;
  return typeof content === "string" || content === null || Array.isArray(content);
}

export function placeOf(
  part: Pick<MessagePart, "line">,
  path: string,
  error: UndefinedInTemplate | TemplateFailure,
) {
  return { path, line: part.line + error.line - 1, column: error.column };
}

/** The problem of an invalid Liquid template, with its location in the file. */
export function syntaxProblem(
  error: TemplateFailure,
  part: Pick<MessagePart, "line">,
  path: string,
): Problem {
  if (error instanceof ClockFailure) return clockProblem(placeOf(part, path, error));
  const filter = /^undefined filter: (\S+)/.exec(error.message)?.[1];
  if (filter !== undefined) return unknownFilter(filter, placeOf(part, path, error));
  const tag = /^tag "(\w+)" not found/.exec(error.message)?.[1];
  const reads = tag !== undefined && ["include", "render", "layout", "block"].includes(tag);
  return {
    code: "EVALS_PROMPT_SYNTAX",
    ...placeOf(part, path, error),
    what: reads
      ? `The tag {% ${tag} %} is not available in prompts.`
      : `This template is not Liquid: ${error.message}.`,
    why: reads
      ? "A prompt version must contain all of its text: an included file could change while the version stays the same."
      : "The message cannot be rendered for any case.",
    fix: reads
      ? "Write the file's text here, in place of the tag."
      : "Close every {{ with }} and every {% if %} with {% endif %}; {% raw %} keeps braces as text.",
  };
}

/** The problem of a template of a prompt or judge that uses the current time. */
export function clockProblem(place: ReturnType<typeof placeOf>): Problem {
  return {
    code: "EVALS_TEMPLATE_CLOCK",
    ...place,
    what: "This template asks for the time of day.",
    why: "Each rendering would be a different request: no answer could be reused, and no two runs could be compared.",
    fix: CLOCK_FIX,
  };
}

function unknownFilter(filter: string, place: ReturnType<typeof placeOf>): Problem {
  return {
    code: "EVALS_PROMPT_SYNTAX",
    ...place,
    what: `Unknown filter "${filter}".${didYouMean(filter, COMMON_FILTERS)}`,
    why: "The message cannot be rendered for any case.",
    fix: `{{ … | ${nearest(filter, COMMON_FILTERS) ?? "json"} }}        (all filters: https://liquidjs.com/filters/overview.html)`,
  };
}

/** The filters commonly used in prompts; Liquid has more. */
const COMMON_FILTERS = [
  "json",
  "default",
  "join",
  "upcase",
  "downcase",
  "capitalize",
  "strip",
  "size",
  "first",
  "last",
  "map",
  "sort",
  "slice",
  "split",
  "replace",
  "truncate",
  "escape",
  "append",
  "prepend",
  "date",
  "round",
  "newline_to_br",
  "strip_newlines",
  "uniq",
  "where",
];

function renderProblem(error: unknown, part: MessagePart, path: string, golden: Case): Problem | undefined {
  if (error instanceof UndefinedInTemplate) return undefinedProblem(error, part, path, golden);
  if (error instanceof ClockFailure) return clockProblem(placeOf(part, path, error));
  if (!(error instanceof TemplateFailure)) return undefined;
  return {
    code: "EVALS_PROMPT_RENDER",
    ...placeOf(part, path, error),
    what: `This template failed for case "${golden.id}": ${error.message}.`,
    why: "The case cannot be asked.",
    fix: "Change the template so that it works for every case, or change the case.",
  };
}

function undefinedProblem(
  error: UndefinedInTemplate,
  part: MessagePart,
  path: string,
  golden: Case,
): Problem {
  const { variable } = error;
  const base = { code: "EVALS_PROMPT_UNDEFINED", ...placeOf(part, path, error) };
  if (/^expected\b/.test(variable)) {
    return {
      ...base,
      what: `A prompt cannot use {{ ${variable} }}.`,
      why: "The model could read the answer that it is tested for.",
      fix: "Remove it. A prompt sees input, case.id, case.tags and case.metadata.",
    };
  }
  if (/^clock\b/.test(variable)) {
    return {
      ...base,
      what: "The prompt asks for {{ clock }}, and no clock is fixed.",
      why: "If the prompt contained the time of the run, every run would ask another question.",
      fix: "clock: 2026-11-29T09:00Z        (in the suite, or in evalconfig.yaml for all suites)",
    };
  }
  return {
    ...base,
    what: `Case "${golden.id}" has no {{ ${variable} }}.${suggestion(variable, golden)}`,
    why: "With a gap in its prompt, the model would be asked something other than was meant.",
    fix: `Add it to the case, or make the template work without it: {{ ${variable} | default: "…" }} or {% if ${variable} %}…{% endif %}`,
  };
}

function suggestion(variable: string, golden: Case): string {
  const steps = variable.split(".");
  const last = steps.pop() ?? "";
  const parent = steps.length === 0 ? promptScope(golden) : lookUp(promptScope(golden), steps);
  if (parent === null || typeof parent !== "object") return "";
  const guess = nearest(last, Object.keys(parent));
  return guess === undefined ? "" : ` Did you mean "${[...steps, guess].join(".")}"?`;
}

function historyProblem(part: HistoryPart, path: string, golden: Case, found: unknown): Problem {
  return {
    code: found === undefined ? "EVALS_PROMPT_UNDEFINED" : "EVALS_PROMPT_MESSAGES",
    path,
    line: part.line,
    column: 1,
    what: `Case "${golden.id}" has no list of messages in ${part.path}.`,
    why: "The conversation that comes before this point would be missing.",
    fix: `Add it to the case: a list of {"role": "user", "content": "…"}, or [] when there is none.`,
  };
}

function messageProblem(part: HistoryPart, path: string, golden: Case, index: number): Problem {
  return {
    code: "EVALS_PROMPT_MESSAGES",
    path,
    line: part.line,
    column: 1,
    what: `Entry ${index + 1} of ${part.path} in case "${golden.id}" is not a message.`,
    why: "A provider would refuse such an entry.",
    fix: `Give it a role (${ROLES.join(", ")}) and a content: {"role": "user", "content": "…"}`,
  };
}
