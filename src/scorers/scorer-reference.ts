import * as z from "zod";
import { scorerFrame } from "../domain/suite.ts";
import type { DocumentedScorer } from "./define-scorer.ts";
import type { ScorerExample } from "./frame/scorer-example.ts";

const INTRODUCTION = `# Scorers

A scorer reads one answer and gives it a score between 0 and 1, a pass or a miss, and a reason. This page is generated
from the scorers themselves; every line of its examples is also a test.

Every scorer takes \`type\`, \`name\` (unique in its suite; default: the type), \`required\` (does a miss fail the trial?
default true) and \`threshold\` (the score from which on an answer passes).

An entry with one key is a short form, and the key is the type: \`- not-called: refund\` means
\`{ type: not-called, value: refund }\`, and \`- length: { max: 400 }\` means \`{ type: length, max: 400 }\`.

\`select\` says which part of the answer is read; without it, the whole text:

- \`{json: $.queue}\`: a JSONPath (RFC 9535) into the answer read as JSON. A path that can find one thing gives that value;
  any other (\`$..id\`, \`$.items[*]\`, a filter) gives the list of what it finds.
- \`{regex: '= (\\d+)', group: 1, take: last}\`: a match of an RE2 regular expression; \`group\` is a number or a name
  (default: 1 if there is one, else the whole match), \`take\` is first (default) or last; an empty match
  counts only when no match contains text.

An answer without that part is a miss, because the model failed to give it.

\`on\` says which text of a conversation is read ([trajectories.md](trajectories.md)), and \`scope: turn\` scores every turn by
itself, compared with the turn's own \`expect\` ([conversations.md](conversations.md#scores-of-turns)).

The operand, what an answer is compared with, is a literal \`value\`, or \`against\`: a place in the case such as
\`expected.queue\`, \`expected.items[0]\` or \`metadata["my key"]\` (default \`expected\`). A case without that place is
refused before a run.

A scorer that *cannot score* (a cost that is unknown, a program that crashed, a score that is not a number) gives
neither a miss nor a pass: the trial is errored, or, where the scorer has \`required: false\`, that one score is void.
An answer on which a scorer takes longer than 5 s cannot be scored either.

Numbers are compared as they are written: whole ones to the last digit, fractions as decimals. A number in your files
beyond 9007199254740992 (2^53), such as an id, is refused with its place when a double would round it; write it as text,
\`"12345678901234567890"\`. A number in a YAML file that begins with a zero is refused too; write
\`"01234"\` or \`1234\`. In an answer, a number beyond 2^53 is read digit by digit. It equals an expected text of the same
number, also inside lists and objects. A tool call's argument keeps such a number as text. A number outside the range of
doubles (1e999) equals nothing.

A cell of a CSV file is text. \`equals\`, \`json-equals\`, \`jsonpath\`, \`number\` and \`state-equals\` read it as the number or JSON
value that it contains when the answer is not a text, also where columns such as \`expected.total\` are compared as one
object; \`TRUE\` is true. A scorer that needs a list reads the cell as a list.
`;

/** The text of docs/scorers.md in Markdown, with the scorers in the order of `definitions`. */
export function scorerReference(definitions: readonly DocumentedScorer[]): string {
  return [INTRODUCTION, ...definitions.map(section)].join("\n");
}

function section(definition: DocumentedScorer): string {
  return [
    `## ${definition.type}\n`,
    `${definition.about}\n`,
    `${traits(definition)}\n`,
    ...optionTable(definition),
    ...exampleTable(definition.examples),
  ].join("\n");
}

function traits({ operand, grades, settings, at, traits: own }: DocumentedScorer): string {
  if (own !== undefined) return own;
  const operands = {
    required: at === undefined ? "Operand: required." : `Operand: \`${at}\` unless the suite says otherwise.`,
    optional: "Operand: optional.",
    none: "No operand.",
  };
  const scores = {
    binary: "Scores 0 or 1.",
    full: "Scores between 0 and 1; passes at 1, or from a `threshold` on.",
    graded: "Scores between 0 and 1; needs a `threshold`.",
    returned: "Scores what your code returns. Code that returns only a number needs a `threshold`.",
  };
  return [operands[operand], scores[grades], ...("select" in settings.shape ? [] : ["No `select`."])].join(
    " ",
  );
}

interface OptionSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly OptionSchema[];
}

function optionTable({ settings }: DocumentedScorer): string[] {
  const schema = z.toJSONSchema(settings, { io: "input", unrepresentable: "any" });
  const required = new Set(schema.required);
  const own = Object.entries((schema.properties ?? {}) as Record<string, OptionSchema>).filter(
    ([option]) => !Object.hasOwn(scorerFrame, option),
  );
  if (own.length === 0) return [];
  const rows = own.map(([option, { description = "", default: byDefault, ...shape }]) => {
    const otherwise = required.has(option)
      ? "required"
      : byDefault === undefined
        ? ""
        : code(JSON.stringify(byDefault));
    return row([code(option), cell(kindOf(shape)), otherwise, cell(description)]);
  });
  return [row(["option", "is", "default", ""]), row(["---", "---", "---", "---"]), ...rows, ""];
}

function kindOf(schema: OptionSchema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(kindOf))].join(" or ");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.join(", ");
  return (
    { array: "list", object: "object", string: "text", integer: "whole number" }[schema.type ?? ""] ??
    schema.type ??
    "anything"
  );
}

function exampleTable(examples: readonly ScorerExample[]): string[] {
  return [
    row(["it", "settings", "given", "answer", "gives"]),
    row(["---", "---", "---", "---", "---"]),
    ...examples.map((example) =>
      row([
        cell(example.title),
        json(example.settings),
        given(example),
        code(JSON.stringify(example.output)),
        outcome(example.expected),
      ]),
    ),
    "",
  ];
}

function given({ case: golden, transcript, files, replies }: ScorerExample): string {
  const parts = [
    ...(golden === undefined ? [] : [json(golden)]),
    ...(transcript === undefined ? [] : [json(transcript)]),
    ...Object.entries(files ?? {}).map(
      ([path, text]) => `${code(path)}: ${code(text.replaceAll("\n", " "))}`,
    ),
    ...(replies ?? []).map((reply) => `the judge says ${code(JSON.stringify(reply))}`),
  ];
  return parts.join("<br>");
}

function outcome(expected: ScorerExample["expected"]): string {
  if ("failure" in expected) return `cannot score: ${cell(expected.failure)}`;
  const { pass, score, reason } = expected;
  const graded = score === undefined || score === (pass ? 1 : 0) ? "" : ` ${Math.round(score * 1000) / 1000}`;
  return `${pass ? "pass" : "miss"}${graded}${reason === undefined ? "" : `: ${cell(reason)}`}`;
}

/** Settings as JSON, which is also valid YAML flow style. */
function json(value: object): string {
  return Object.keys(value).length === 0 ? "" : code(JSON.stringify(value));
}

/** Inline code in a table cell, in a fence longer than any run of backticks inside. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 ? " " : "";
  return `${fence}${pad}${text.replaceAll("|", "\\|")}${pad}${fence}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/[<>*_]/g, "\\$&");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
