import { type Document, isScalar, visit } from "yaml";

/**
 * Position of the first key that occurs a second time in its map; undefined when all keys are unique. yaml's own
 * check compares each key with all keys before it, which takes minutes for a map with thousands of keys. So documents
 * are parsed with `uniqueKeys: false`, and checked here.
 */
export function repeatedYamlKey(document: Document): number | undefined {
  let first: number | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const at = key.range?.[0] ?? 0;
        // The merge key `<<` may be repeated, because a map may merge several others.
        if (keys.has(key.value) && key.value !== "<<") first = Math.min(first ?? at, at);
        keys.add(key.value);
      }
    },
  });
  return first;
}
