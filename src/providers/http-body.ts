import type { Json } from "../domain/json.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { Question } from "../domain/provider.ts";
import type { EngineOptions, Liquid } from "../templates/liquid-engine.ts";
import { CLOCK_FIX } from "../templates/template.ts";

/** Builds the request body for one question. @throws {SettingMistake} EVALS_BODY_TEMPLATE when a variable is missing */
export type BodyTemplate = (question: Question) => Json;

/** The variables of a template and their values. */
export type Scope = Readonly<Record<string, unknown>>;
type Part = (scope: Scope) => Json;
type Place = readonly (string | number)[];

/**
 * Matches a string that is only `{{ a.b.c | json }}`. The value of the variable is then inserted as it is,
 * without being rendered as text.
 */
const WHOLE_VALUE = /^\{\{-?\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\|\s*json\s*-?\}\}$/;
/** Matches a string that is only `{{ … | json }}`, with any expression. */
const WHOLE_EXPRESSION = /^\{\{-?((?:(?!\}\}).)*)\|\s*json\s*-?\}\}$/s;

/** Why a template cannot be filled. */
export type Unfilled =
  /** The scope lacks a variable, for instance `arguments.id`. */
  | { readonly kind: "missing"; readonly variable: string }
  /** With these values, the result must not be sent. */
  | { readonly kind: "unsendable"; readonly words: string }
  /** The text is not a valid template, or cannot be rendered. */
  | { readonly kind: "broken"; readonly words: string; readonly cause: unknown };

/** The error for a template that cannot be filled: for any question when it is `broken`, else with these values. */
export class UnfilledTemplate extends SettingMistake {
  readonly unfilled: Unfilled;

  constructor(at: Place, unfilled: Unfilled) {
    const problem = unfilled.kind === "missing" ? `undefined variable: ${unfilled.variable}` : unfilled.words;
    super(
      at,
      {
        code: "EVALS_BODY_TEMPLATE",
        what: `The template at ${at.join(".")} cannot be filled: ${problem}.`,
        why: "A request with a gap would ask the application something other than the case says.",
        fix: "The variables are input, messages, case.id and clock; for a value that some cases lack, write `| default:` or `{% if %}`.",
      },
      { cause: unfilled.kind === "broken" ? unfilled.cause : undefined },
    );
    this.unfilled = unfilled;
  }
}

function clockMistake(at: Place, cause?: unknown): SettingMistake {
  return new SettingMistake(
    at,
    {
      code: "EVALS_TEMPLATE_CLOCK",
      what: `The template at ${at.join(".")} asks for the time of day.`,
      why: "Each rendering would be a different request: no answer could be reused, and no two runs could be compared.",
      fix: CLOCK_FIX,
    },
    { cause },
  );
}

/** Whether a text contains template syntax. */
export function isTemplate(text: string): boolean {
  return text.includes("{{") || text.includes("{%");
}

/**
 * The value of a variable that is named by its path, such as `case.id`. A missing variable is an error, never
 * empty text.
 */
function valueAt(scope: Scope, names: readonly string[], at: Place): Json {
  let value: unknown = scope;
  for (const name of names) {
    const owned = value !== null && typeof value === "object" && Object.hasOwn(value, name);
    value = owned ? (value as Record<string, unknown>)[name] : undefined;
    if (value === undefined) throw new UnfilledTemplate(at, { kind: "missing", variable: names.join(".") });
  }
  return value as Json;
}

class TemplateCompiler {
  readonly #options: EngineOptions;
  #liquid: Liquid | undefined;

  constructor(options: EngineOptions = {}) {
    this.#options = options;
  }

  async #engine(): Promise<Liquid> {
    if (this.#liquid === undefined) {
      const { createLiquid } = await import("../templates/liquid-engine.ts");
      this.#liquid = createLiquid(this.#options);
    }
    return this.#liquid;
  }

  /** Compiles a template whose result is always text. */
  async text(source: string, at: Place): Promise<(scope: Scope) => string> {
    const liquid = await this.#engine();
    const engine = await import("../templates/liquid-engine.ts");
    const { asksForClock, liquidWords, missingVariable, renderLiquid } = engine;
    if (engine.clockAsked(source) !== undefined) throw clockMistake(at);
    const changed = engine.changedNumber(source);
    if (changed !== undefined)
      throw new UnfilledTemplate(at, {
        kind: "broken",
        words: engine.changedNumberWords(changed.number),
        cause: undefined,
      });
    const attempt = <T>(work: () => T): T => {
      try {
        return work();
      } catch (error) {
        if (asksForClock(error)) throw clockMistake(at, error);
        const variable = missingVariable(error);
        throw new UnfilledTemplate(
          at,
          variable === undefined
            ? { kind: "broken", words: liquidWords(error), cause: error }
            : { kind: "missing", variable },
        );
      }
    };
    const template = attempt(() => liquid.parse(source));
    return (scope) => attempt(() => renderLiquid(liquid, template, scope));
  }

  async #part(source: string, at: Place): Promise<Part> {
    const text = await this.text(source, at);
    return WHOLE_EXPRESSION.test(source) ? (scope) => JSON.parse(text(scope)) as Json : text;
  }

  async compile(value: Json, at: Place): Promise<Part> {
    if (typeof value === "string") {
      if (!isTemplate(value)) return () => value;
      const names = WHOLE_VALUE.exec(value.trim())?.[1]?.split(".");
      if (names !== undefined) return (scope) => valueAt(scope, names, at);
      return this.#part(WHOLE_EXPRESSION.test(value.trim()) ? value.trim() : value, at);
    }
    if (Array.isArray(value)) {
      const parts = await Promise.all(value.map((item, index) => this.compile(item as Json, [...at, index])));
      return (scope) => parts.map((part) => part(scope));
    }
    if (value === null || typeof value !== "object") return () => value;
    const members = await Promise.all(
      Object.entries(value).map(
        async ([key, member]) => [key, await this.compile(member, [...at, key])] as const,
      ),
    );
    return (scope) => Object.fromEntries(members.map(([key, part]) => [key, part(scope)]));
  }
}

/**
 * Compiles the `body:` of an http model: any JSON whose strings are Liquid templates.
 *
 * A string that is exactly `{{ x | json }}` becomes that value. Variables: `input`, `messages`, `case.id`, `clock`.
 * The trial is not available, because all trials of a case send the same request.
 *
 * @throws {SettingMistake} EVALS_BODY_TEMPLATE for a template that cannot be parsed
 */
export async function compileBody(body: Json): Promise<BodyTemplate> {
  const part = await compileJson(body, ["body"]);
  return (question) => part(questionScope(question));
}

/** Like `compileBody`, for any JSON and for variables that the caller chooses. */
export function compileJson(value: Json, at: Place): Promise<(scope: Scope) => Json> {
  return new TemplateCompiler().compile(value, at);
}

/** The template variables for a question. */
export function questionScope({ input, messages, case_id, clock }: Question): Scope {
  return { input, messages, case: { id: case_id }, ...(clock === undefined ? {} : { clock }) };
}

/** Compiles one text template. @param options how a value is converted to text */
export function compileText(
  source: string,
  at: Place,
  options: EngineOptions,
): Promise<(scope: Scope) => string> {
  return new TemplateCompiler(options).text(source, at);
}
