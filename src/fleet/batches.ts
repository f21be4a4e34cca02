/**
 * Gathers what many ask for at once: while one batch is under way the next fills up, so that a database is asked once for all
 * of them.
 *
 * @param work does a whole batch and gives a result for each item, in their order
 */
export function inBatches<I, O>(
  work: (items: readonly I[]) => Promise<readonly O[]>,
  most: number,
): (item: I) => Promise<O> {
  let waiting: {
    readonly item: I;
    readonly resolve: (result: O) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  let busy = false;
  const next = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        const results = await work(batch.map(({ item }) => item));
        for (const [at, one] of batch.entries()) one.resolve(results[at] as O);
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    busy = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // What is asked for in the same turn of the event loop goes together.
      if (!busy) {
        busy = true;
        setImmediate(() => void next());
      }
    });
}
