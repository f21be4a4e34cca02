import type { FieldChange, MessageChange, PromptComparison, WordChange } from "../../domain/prompt-change.ts";
import { plainLine } from "../plain-text.ts";
import type { Style } from "./style.ts";

/** Number of unchanged lines shown before and after a change. */
const CONTEXT = 2;

/** The comparison of two prompt versions: the declared bump, other changes, then the text word by word. */
export function promptDiff(comparison: PromptComparison, style: Style): string {
  const { from, to } = comparison;
  const title = `${style.strong(`${plainLine(from.name)} ${from.version} → ${from.name === to.name ? "" : `${plainLine(to.name)} `}${to.version}`)}${declaredText(comparison)}`;
  const text = comparison.messages.map((one) => messageLines(one, style)).filter((lines) => lines.length > 0);
  const blocks = [
    [title],
    factLines(comparison),
    ...text,
    ...(text.length === 0 ? [["  The messages are the same."]] : []),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function declaredText({ declared, major }: PromptComparison): string {
  if (declared === null) return "";
  const needs =
    major.length > 0 && declared !== "major"
      ? `; ${major.map(({ what, said }) => `${what}: ${plainLine(said)}`).join("; ")}: this needs a major version`
      : "";
  return `   declared a ${declared}${declared === "patch" ? "" : " version"}${needs}`;
}

function factLines({ variables, pins, about, messages }: PromptComparison): string[] {
  const roles = messages.flatMap(({ role }) =>
    role.from === role.to || role.from === null || role.to === null ? [] : [`${role.from} → ${role.to}`],
  );
  return [
    ...variables.added.map((name) => `  variable     ${plainLine(name)} is new`),
    ...variables.removed.map((name) => `  variable     ${plainLine(name)} is gone`),
    ...roles.map((change) => `  role         ${change}`),
    ...pins.map((field) => fieldLine("pinned", field)),
    ...about.map((field) => fieldLine("front matter", field)),
  ];
}

function fieldLine(kind: string, { field, from, to }: FieldChange): string {
  const show = (value: FieldChange["from"]): string =>
    value === null ? "unset" : plainLine(typeof value === "string" ? value : JSON.stringify(value));
  return `  ${kind.padEnd(12)} ${plainLine(field)}: ${show(from)} → ${show(to)}`;
}

function messageLines({ role, lines }: MessageChange, style: Style): string[] {
  if (lines.every((line) => line.every(({ kind }) => kind === "same"))) return [];
  const shown = new Set<number>();
  for (const [index, line] of lines.entries()) {
    if (line.every(({ kind }) => kind === "same")) continue;
    for (let near = index - CONTEXT; near <= index + CONTEXT; near++) shown.add(near);
  }
  const whole = role.from === null ? "   new message" : role.to === null ? "   message is gone" : "";
  const out = [`  ${role.to ?? role.from ?? ""}:${whole}`];
  for (const [index, line] of lines.entries()) {
    if (shown.has(index)) out.push(`  ${lineText(line, style)}`.trimEnd());
    else if (index === 0 || shown.has(index - 1)) out.push("  …");
  }
  return out;
}

/** A line with `[-removed-]` and `{+added+}` words, as in git's word diff. Colour only repeats the marks. */
function lineText(line: readonly WordChange[], style: Style): string {
  return line
    .map(({ kind, text }) => {
      const plain = plainLine(text);
      if (kind === "same") return plain;
      return kind === "removed" ? style.bad(`[-${plain}-]`) : style.good(`{+${plain}+}`);
    })
    .join("");
}
