import {
  type LogEntry,
  type LoggedChange,
  type LoggedTag,
  type PromotionLog,
  withoutRecords,
} from "../../domain/promotion-log.ts";
import type { GateOutcome } from "../../domain/verdict.ts";
import { plainLine } from "../plain-text.ts";
import { fold } from "./fold.ts";

/** Promotions and rollbacks, newest first, one block each. */
export function promotionLogText({ entries }: PromotionLog, width: number): string {
  if (entries.length === 0) return "Nothing was promoted yet: evals promote\n";
  const blocks = entries.map((entry) =>
    entryLines(entry)
      .flatMap((line) => fold(line, width))
      .join("\n"),
  );
  return `${blocks.join("\n\n")}\n`;
}

function entryLines({ commit, at, who, subject, body, tags, ...change }: LogEntry): string[] {
  return [
    `${commit.slice(0, 7)}  ${at.slice(0, 16).replace("T", " ")}  ${plainLine(subject)}`,
    `  by ${plainLine(who)}`,
    ...changeLines(change),
    ...tags.map((tag) => `  tag ${plainLine(tag.name)}${tagNote(tag)}`),
    ...withoutRecords(body)
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => `  ${plainLine(line)}`),
  ];
}

/** Lines that say how the baselines changed: one line for all baselines that changed in the same way. */
function changeLines({ kind, squashed, baselines }: LoggedChange): string[] {
  const lines = new Map<string, string[]>();
  for (const one of baselines) {
    const how = squashed && one.run !== null ? `${one.kind}, squashed` : one.kind;
    const gate = one.gate === null ? "" : ` (${GATES[one.gate]})`;
    const key = JSON.stringify([how, gate]);
    lines.set(key, [...(lines.get(key) ?? []), one.suite ?? one.path]);
  }
  if (lines.size === 0) return [`  ${kind}`];
  return [...lines].map(([key, suites]) => {
    const [how, gate] = JSON.parse(key) as [string, string];
    return `  ${how}: ${plainLine([...new Set(suites)].join(", "))}${gate}`;
  });
}

const GATES: Readonly<Record<GateOutcome, string>> = {
  passed: "the gate passed",
  failed: "the gate failed",
  undecided: "the gate was undecided",
  not_gated: "nothing was gated",
};

function tagNote({ why, moved }: LoggedTag): string {
  return `${why === null ? "" : `: ${plainLine(why)}`}${moved ? "   the tag was moved to this commit, which does not have the tag's baselines" : ""}`;
}
