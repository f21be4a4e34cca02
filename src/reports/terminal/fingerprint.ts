import type { ComparedFingerprints, ShownFingerprint } from "../../domain/fingerprint-parts.ts";
import type { Json } from "../../domain/json.ts";
import { leaves, shownLeaf } from "../../domain/json-leaves.ts";
import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";

const NOT_IN_IT = "not in the fingerprint: alias, gate, trials, concurrency, price, timeout, formatting";

/** The parts of one run's fingerprint, or the parts in which the fingerprints of two runs differ. */
export function fingerprintText(shown: ShownFingerprint | ComparedFingerprints): string {
  return shown.kind === "one" ? partsText(shown) : differencesText(shown);
}

function partsText({ run, parts, contents }: ShownFingerprint): string {
  const { fingerprint, prompt, request, target, dataset, cases, scorers } = parts;
  const lines = [
    `${run}  ${plainLine(parts.label)}`,
    `fingerprint ${fingerprint}`,
    "",
    ...block("prompt", [prompt ?? "none"]),
    ...block("request", request === null ? ["none: the answers were made elsewhere"] : values(request)),
    ...block(
      "target",
      target === null ? ["not stored by the version of evals that made this run"] : values(target),
    ),
    ...block("dataset", [
      `${dataset ?? "unknown"}, ${plural(cases.size, "case")}, contents ${contents.slice(0, 12)}`,
    ]),
    ...scorers.flatMap(({ name, required, hash, identity }) =>
      block("scorer", [
        `${name}${required ? "" : ", not required"}, ${hash.slice(0, 12)}`,
        ...(identity === null ? [] : values(identity).map((line) => `  ${line}`)),
      ]),
    ),
    "",
    `  ${NOT_IN_IT}`,
  ];
  return `${lines.join("\n")}\n`;
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `  ${(at === 0 ? title : "").padEnd(9)}${plainLine(line)}`);
}

function values(json: Json): string[] {
  const lines = [...leaves(json)].map(([path, value]) => `${path} ${shownLeaf(value)}`);
  return lines.length === 0 ? ["nothing but the input of each case"] : lines;
}

function differencesText({
  runs: [a, b],
  fingerprints: [was, is],
  differences,
}: ComparedFingerprints): string {
  if (was === is) return `${a} and ${b} have the same fingerprint ${was.slice(0, 12)}.\n`;
  const lines = differences.map(({ part, said }) => `  ${part.padEnd(9)}${plainLine(said)}`);
  return [`${a} → ${b}  fingerprint ${was.slice(0, 12)} → ${is.slice(0, 12)}`, "", ...lines, ""].join("\n");
}
