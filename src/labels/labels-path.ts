/** Path of a suite's labels, relative to the project root. */
export function labelsPath(suite: string): string {
  return `labels/${suite}.jsonl`;
}
