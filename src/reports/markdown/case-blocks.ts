import type { CaseRow, ReportedRun, RunReport } from "../../domain/report.ts";
import { shareText, worstCases } from "../case-standing.ts";
import { count, plural } from "../format-numbers.ts";
import { movedAddition, movedSummary, movedWord } from "../moved-words.ts";
import { shortened } from "../plain-text.ts";
import { block, inlineCode } from "./markdown-text.ts";

const MAX_ANSWER = 600;
/** Maximum number of cases in a comment. */
const MAX_CASES = 50;
const MAX_FIXED = 40;

/** The number of characters that are still free in a comment. Each added text reduces this number. */
export interface Space {
  left: number;
}

/** Returns the text and reduces the space, if the text fits. Otherwise returns an empty text. */
export function fits(text: string, space: Space): string {
  if (text === "" || text.length + 2 > space.left) return "";
  space.left -= text.length + 2;
  return text;
}

/** The worst cases with their answers, as many as fit into the comment. */
export async function brokenBlock({ report, rows }: ReportedRun, space: Space): Promise<string> {
  const { comparison, never_pass, flaky } = report;
  const failing = never_pass === null || flaky === null ? null : never_pass + flaky;
  const broken = comparison?.cases.broken.length ?? 0;
  if (failing === 0 && broken === 0) return "";
  const summary =
    comparison !== null && broken > 0
      ? `${movedSummary(comparison, "broken")}${failing !== null && failing > broken ? `, ${count(failing)} do not always pass` : ""}`
      : `${failing === null ? "Cases do" : plural(failing, "case does", "cases do")} not always pass`;
  const open = `<details><summary>${summary}</summary>\n`;
  const close = "\n</details>";
  space.left -= open.length + close.length + 200;
  const blocks: string[] = [];
  for (const row of await worstCases(report, rows(), MAX_CASES)) {
    const text = fits(await caseText(row), space);
    if (text === "") break;
    blocks.push(text);
  }
  // The number of failing cases is unknown, and no case is listed: there is nothing to report.
  if (failing === null && broken === 0 && blocks.length === 0) return "";
  const all = Math.max(failing ?? 0, broken);
  const more =
    all > blocks.length
      ? `\n\nNot listed here: ${plural(all - blocks.length, blocks.length === 0 ? "case" : "more case")}. The page (\`--reporter html\`) lists all.`
      : "";
  return `${open}\n${blocks.join("\n\n")}${more}\n${close}`;
}

async function caseText(row: CaseRow): Promise<string> {
  const { scorer, reason, input, output, before, expected } = await row.answers();
  const tags =
    row.tags.length === 0
      ? ""
      : ` · ${row.tags
          .slice(0, 8)
          .map((tag) => inlineCode(tag, 40))
          .join(" ")}`;
  const why = scorer === "" ? "" : `\n\n${inlineCode(scorer, 40)}: ${inlineCode(reason, 300)}`;
  const part = (name: string, text: string | null): string =>
    text === null ? "" : `\n\n${name}\n\n${block(shortened(text, MAX_ANSWER), MAX_ANSWER)}`;
  return `**${inlineCode(row.id, 200)}** ${shareText(row)} passed${movedAddition(row)}${tags}${why}${part("asked", input)}${part("expected", expected)}${part("before", before)}${part(row.baseline === null ? "answer" : "now", output)}`;
}

/** Cases that pass more of their trials than in the baseline. */
export function fixedBlock({ comparison }: RunReport): string {
  const fixed = comparison?.cases.fixed ?? [];
  if (comparison === null || fixed.length === 0) return "";
  const moved = new Map(comparison.moved.map((one) => [one.id, one]));
  const lines = fixed.slice(0, MAX_FIXED).flatMap((id) => {
    const one = moved.get(id);
    return one === undefined
      ? []
      : [
          `- ${inlineCode(id)} ${one.candidate.passed}/${one.candidate.answered}, was ${one.baseline.passed}/${one.baseline.answered}, ${movedWord("fixed", one.significant)}`,
        ];
  });
  const more = fixed.length > lines.length ? `\n- and ${count(fixed.length - lines.length)} more` : "";
  return folded(movedSummary(comparison, "fixed"), `${lines.join("\n")}${more}`);
}

/** A collapsible block. */
export const folded = (summary: string, text: string): string =>
  `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
