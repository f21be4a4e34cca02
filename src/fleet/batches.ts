/**
 * Collects single requests into batches. While one batch is in progress the next fills up, so that one database query
 * serves many requests.
 *
 * @param work handles a whole batch and returns a result for each item, in order
 */
export function inBatches<I, O>(
  work: (items: readonly I[]) => Promise<readonly O[]>,
  { size, at_once }: { readonly size: number; readonly at_once: number },
): (item: I) => Promise<O> {
  let waiting: {
    readonly item: I;
    readonly resolve: (result: O) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  let underWay = 0;
  let isComing = false;
  const begin = async (): Promise<void> => {
    isComing = false;
    const batch = waiting.slice(0, size);
    waiting = waiting.slice(size);
    if (batch.length === 0) return;
    underWay++;
    next();
    try {
      const results = await work(batch.map(({ item }) => item));
      for (const [at, one] of batch.entries()) one.resolve(results[at] as O);
    } catch (error) {
      for (const one of batch) one.reject(error);
    }
    underWay--;
    next();
  };
  const next = (): void => {
    if (isComing || waiting.length === 0 || underWay >= at_once) return;
    isComing = true;
    // Requests made in the same turn of the event loop go into one batch.
    setImmediate(() => void begin());
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      next();
    });
}
