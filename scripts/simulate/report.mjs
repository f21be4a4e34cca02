// What the simulation prints: named tables for docs/statistics.md on stdout, each claim met or missed on stderr.

const blocks = [];
const missed = [];

export const rate = (value) => `${(100 * value).toFixed(1)} %`;

/** A measured share with its sampling error (95 %). */
export const measured = (value, draws) =>
  `${rate(value)} ± ${(196 * Math.sqrt((value * (1 - value)) / draws)).toFixed(1)}`;

/** Sampling error that a share near 5.8 % may add over so many draws, so that luck alone rarely misses a target. */
export const margin = (draws, z = 1.645) => z * Math.sqrt((0.058 * 0.942) / draws);

export const changeWords = (drop) => (drop === 0 ? "none" : `−${drop * 100} points`);

/** @param name of the block that shows it in docs/statistics.md */
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

/** Everything that was printed, for the file that is committed. */
export const printed = () => `${blocks.join("\n")}`;

export const missedTargets = () => missed;
