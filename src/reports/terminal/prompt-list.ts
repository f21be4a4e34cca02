import type { ListedVersion } from "../../domain/prompt-versions.ts";
import type { MetricValue } from "../../domain/run.ts";
import { percent, shareRange } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { cut } from "./cut.ts";
import { columns, type Style } from "./style.ts";

/** The versions of each prompt, newest first. */
export function promptList(versions: readonly ListedVersion[], style: Style, width: number): string {
  if (versions.length === 0) return "No prompts yet: write prompts/<name>/1.0.0.md\n";
  const names = [...new Set(versions.map((one) => one.name))];
  const blocks = names.map((name) => {
    const own = versions.filter((one) => one.name === name);
    const rows = columns(
      own.map((one) => [`  ${one.version}`, one.state, plainLine(one.author ?? ""), measuredText(one)]),
    );
    const lines = own.flatMap((one, index) => [cut(rows[index] ?? "", width), ...aboutLines(one, width)]);
    return [style.strong(plainLine(name)), ...lines].join("\n");
  });
  return `${blocks.join("\n\n")}\n`;
}

function measuredText({ measured }: ListedVersion): string {
  return measured.map((one) => `${plainLine(one.suite)} ${rateText(one.pass_rate)}`).join(", ");
}

function rateText({ value, low, high }: MetricValue): string {
  if (value === null) return "unknown";
  return `${percent(value)} (${shareRange(low, high) || "range unknown"})`;
}

function aboutLines({ rationale, used_by }: ListedVersion, width: number): string[] {
  return [
    ...(rationale === null ? [] : [cut(`      ${plainLine(rationale)}`, width)]),
    ...(used_by.length === 0
      ? []
      : [
          cut(
            `      used by ${used_by.map(({ suite, as }) => `${plainLine(suite)} (${as})`).join(", ")}`,
            width,
          ),
        ]),
  ];
}
