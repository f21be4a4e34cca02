/**
 * Formats one cell. A text that a spreadsheet would treat as a formula, or that starts with an apostrophe, gets an
 * apostrophe in front; `textOfCell` removes exactly one.
 */
export function csvText(text: string): string {
  const harmless = /^[\s]*[=+\-@']/.test(text) ? `'${text}` : text;
  return /[",\n\r]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The original text of a cell written by `csvText`. */
export function textOfCell(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}
