/** The elements of a JSON list without brackets, one per line. */
export async function* listed<T>(
  items: AsyncIterable<T>,
  elementOf: (item: T) => unknown,
): AsyncGenerator<string> {
  let before = "";
  for await (const item of items) {
    yield `${before}${JSON.stringify(elementOf(item))}`;
    before = ",\n";
  }
}

/** Splits items into lists of at most `limit` items. */
export async function* inParts<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<readonly T[]> {
  let part: T[] = [];
  for await (const item of items) {
    part.push(item);
    if (part.length < limit) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
