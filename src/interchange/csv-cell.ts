/**
 * One cell. A text that a spreadsheet would take for a formula gets an apostrophe before it, and so does one that
 * begins with an apostrophe: `textOfCell` takes exactly one away again.
 */
export function csvText(text: string): string {
  const harmless = /^[\s]*[=+\-@']/.test(text) ? `'${text}` : text;
  return /[",\n\r]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The text of a cell that `csvText` wrote. */
export function textOfCell(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}
