/** Quotes a word for a shell if the word contains characters that a shell may interpret. */
export function shellWord(word: string): string {
  return /^[\w./:@^=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
