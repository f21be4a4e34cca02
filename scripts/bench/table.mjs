/** @typedef {{ what: string, target: string, found: string, memory?: string, held: boolean | null, note?: string }} Row */

/** The cells of a row that shows how many times the floor's time a program takes, by the clock and by processor time. */
export function times({ ratio, cpu, ms, mib }) {
  return {
    found: `${ratio.toFixed(2)} ×`,
    memory: `${Math.round(mib)} MiB`,
    note: `${cpu.toFixed(2)} × by processor time, ${Math.round(ms)} ms`,
  };
}

export const atMost = (limit, value) => value <= limit;

/** The rows as aligned columns, one line per row. */
export function table(rows) {
  const cells = rows.map(({ what, target, found, memory = "", held, note = "" }) => [
    held === null ? "" : held ? "held" : "MISSED",
    what,
    target,
    found,
    memory,
    note,
  ]);
  const head = ["", "what", "target", "found", "peak", ""];
  const widths = head.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at].length)));
  const right = new Set([2, 3, 4]);
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, at) => (right.has(at) ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
