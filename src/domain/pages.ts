/**
 * A position in one list of one store, from which reading continues. A position is valid only for the list that
 * returned it.
 */
export type Cursor = string;

/** The part of a list to read. */
export interface PageRequest {
  /** Start after this position; null or absent for the beginning. */
  readonly after?: Cursor | null | undefined;
  /** Maximum number of items, at least 1; default 1000. */
  readonly limit?: number | undefined;
}

/** A part of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next part starts; null at the end of the list. */
  readonly next: Cursor | null;
}

/** Every page of a list, one in memory at a time. */
export async function* everyPage<T>(
  read: (page: PageRequest) => Promise<Page<T>>,
  limit?: number,
): AsyncGenerator<readonly T[], void, undefined> {
  let after: Cursor | null = null;
  do {
    const page: Page<T> = await read({ after, limit });
    yield page.items;
    after = page.next;
  } while (after !== null);
}

/** Every item of a list, one page in memory at a time. */
export async function* everyItem<T>(
  read: (page: PageRequest) => Promise<Page<T>>,
  limit?: number,
): AsyncGenerator<T, void, undefined> {
  for await (const items of everyPage(read, limit)) yield* items;
}

/** A whole list at once, for lists that are needed completely and are small, such as the cases of a run. */
export async function allItems<T>(read: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of everyPage(read)) items.push(...page);
  return items;
}
