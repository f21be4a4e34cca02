import type { Label } from "../domain/label.ts";
import { answerKey } from "../labels/label-file.ts";

/** How an import changes the existing labels. */
export interface MergedLabels {
  readonly labels: readonly Label[];
  readonly added: number;
  /** Number of labels whose rater changed the judgement. */
  readonly updated: number;
  readonly unchanged: number;
  /** Number of imported labels that are older than the existing label, which is kept. */
  readonly older: number;
}

/** Adds labels to existing ones. Of two labels of one rater for one answer and judge, the later one is kept. */
export function mergeLabels(there: readonly Label[], incoming: readonly Label[]): MergedLabels {
  const merged = new Map(there.map((label) => [identity(label), label]));
  const counts = { added: 0, updated: 0, unchanged: 0, older: 0 };
  for (const label of incoming) {
    const before = merged.get(identity(label));
    if (before === undefined) counts.added++;
    else if (isSameJudgement(before, label)) {
      counts.unchanged++;
      continue;
    } else if (isEarlier(label, before)) {
      counts.older++;
      continue;
    } else counts.updated++;
    // `picked` and `weight` stay as in the existing label: a tool that exports labels does not know them better.
    merged.set(
      identity(label),
      before === undefined ? label : { ...label, picked: before.picked, weight: before.weight },
    );
  }
  return { labels: [...merged.values()], ...counts };
}

/** The latest label of each rater for each answer and judge, in the order in which their first labels appear. */
export function latestOfEach(labels: readonly Label[]): Label[] {
  const latest = new Map<string, Label>();
  for (const label of labels) {
    const before = latest.get(identity(label));
    if (before === undefined || !isEarlier(label, before)) latest.set(identity(label), label);
  }
  return [...latest.values()];
}

/** The times are parsed, because they may be written in different time zones. */
function isEarlier(a: Label, b: Label): boolean {
  return Date.parse(a.at) < Date.parse(b.at);
}

function identity(label: Label): string {
  return `${label.rater}\n${answerKey(label)}\n${label.of ?? ""}`;
}

function isSameJudgement(a: Label, b: Label): boolean {
  const judgement = ({ verdict, criteria = {}, comment = "" }: Label): string =>
    JSON.stringify([verdict, Object.entries(criteria).sort(([x], [y]) => (x < y ? -1 : 1)), comment]);
  return judgement(a) === judgement(b);
}
