import { type Document, isScalar, visit } from "yaml";

/**
 * Position of the first key that its map has already; undefined when all are unique. yaml's own check compares each key
 * with all before it, which takes minutes for a map of thousands, so documents are parsed with `uniqueKeys: false`.
 */
export function repeatedYamlKey(document: Document): number | undefined {
  let first: number | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const at = key.range?.[0] ?? 0;
        // A map may merge several others.
        if (keys.has(key.value) && key.value !== "<<") first = Math.min(first ?? at, at);
        keys.add(key.value);
      }
    },
  });
  return first;
}
