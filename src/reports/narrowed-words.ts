import type { Narrowing, RunHeader } from "../domain/run.ts";
import { count, plural } from "./format-numbers.ts";

/** Maximum number of names listed of each kind. */
const MAX_NAMES = 3;

/** The number of cases in a narrowed run: `4 of 12 cases`; empty for a run of the whole suite. */
export function narrowedSize({ narrowing, cases, suite_cases: all }: RunHeader): string {
  if (narrowing === null) return "";
  return all === undefined ? plural(cases, "case") : `${count(cases)} of ${plural(all, "case")}`;
}

/**
 * Which cases a narrowed run has, and that it says nothing about the whole suite; empty for a run of the whole suite.
 * Contains names given by the user, so it must be escaped when shown.
 */
export function narrowedSentence(header: RunHeader): string {
  const { narrowing } = header;
  if (narrowing === null) return "";
  const verb = header.cases === 1 ? "was" : "were";
  return `Only ${narrowedSize(header)} ${verb} run, ${chosenBy(narrowing)}: this says nothing about the whole suite.`;
}

function chosenBy({ cases, tags, shard, words, failing }: Narrowing): string {
  const chosen = [
    ...(failing === undefined ? [] : [`those that did not always pass in run ${failing}`]),
    ...(failing !== undefined || cases.length === 0 ? [] : [`chosen by --case ${listed(cases)}`]),
    ...(tags.length === 0 ? [] : [`tagged ${listed(tags)}`]),
    ...(words === undefined ? [] : [`with the words "${words}"`]),
    ...(shard === null ? [] : [`shard ${shard}`]),
  ];
  return chosen.join(", ");
}

function listed(names: readonly string[]): string {
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  return `${names.slice(0, MAX_NAMES).join(", ")}${more}`;
}
