/**
 * Lets V8 collect garbage when the heap has grown by half, for a command that reads many more trials than it
 * keeps. By default V8 waits until the heap is four times as large. Waiting saves such a command no
 * time, and takes memory that a laptop or a CI runner needs.
 */
export function keepHeapSmall(): void {
  // The module is loaded here and not at the start, because short commands do not need it.
  process.getBuiltinModule("node:v8").setFlagsFromString("--heap-growing-percent=50");
}

/**
 * Keeps V8's space for new objects small, for a process that runs for days, possibly with others on one machine, or
 * that waits most of the time. More frequent collection costs about a fifth more processor time and saves a third
 * of the memory.
 */
export function keepYoungSmall(): void {
  process.getBuiltinModule("node:v8").setFlagsFromString("--semi-space-growth-factor=1");
}

/**
 * The flag that sets after how many calls V8 optimizes a function, for each major version of V8: 11 in Node 20, 12
 * in Node 22.
 */
const OPTIMIZES_AFTER: Readonly<Record<string, string>> = {
  "11": "--interrupt-budget=270000",
  "12": "--invocation-count-for-turbofan=12000",
};

/**
 * Lets V8 optimize a function after four times as many calls as usual, for a run that ends within seconds.
 * Optimizing takes a second processor for most of such a run: with V8's own limit, 1,000 calls took 15 % more
 * processor time and 9 % longer (Node 20, median of 15 pairs). Later versions of Node would gain too little: 1 % on
 * Node 24.
 */
export function optimizeLater(): void {
  const flag = OPTIMIZES_AFTER[process.versions.v8.split(".", 1)[0] ?? ""];
  if (flag !== undefined) process.getBuiltinModule("node:v8").setFlagsFromString(flag);
}
