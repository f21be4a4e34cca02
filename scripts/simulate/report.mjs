// The output of the simulation: named tables for docs/statistics.md on stdout, and each claim, met or missed,
// on stderr.

const blocks = [];
const missed = [];

export const rate = (value) => `${(100 * value).toFixed(1)} %`;

/** A measured share with its sampling error (95 %). */
export const measured = (value, draws) =>
  `${rate(value)} ± ${(196 * Math.sqrt((value * (1 - value)) / draws)).toFixed(1)}`;

/**
 * Allowance for the sampling error of a share near 5.8 % over so many draws, so that a target is rarely missed
 * by chance.
 */
export const margin = (draws, z = 1.645) => z * Math.sqrt((0.058 * 0.942) / draws);

export const changeWords = (drop) => (drop === 0 ? "none" : `−${drop * 100} points`);

/** Prints a table. @param name of its block in docs/statistics.md */
export function table(name, title, head, rows) {
  const lines = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  const text = `<!-- simulated: ${name} -->\n**${title}**\n\n${lines.join("\n")}\n<!-- end -->\n`;
  blocks.push(text);
  process.stdout.write(`${text}\n`);
}

export function target(name, holds, text) {
  if (!holds) missed.push(name);
  process.stderr.write(`${holds ? "met   " : "MISSED"}  ${name}: ${text}\n`);
}

/** All printed tables, for the committed file. */
export const printed = () => `${blocks.join("\n")}`;

export const missedTargets = () => missed;
