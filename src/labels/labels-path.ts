/** Where a suite's labels are kept, relative to the project root. */
export function labelsPath(suite: string): string {
  return `labels/${suite}.jsonl`;
}
