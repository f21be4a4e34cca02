/**
 * For a command that walks through many more trials than it keeps: what it has let go of is collected when the heap has
 * grown by half. V8 left to itself waits until it is four times as large, which saves no time here and fills memory that
 * a laptop or a CI runner needs for other things.
 */
export function keepHeapSmall(): void {
  // Loaded when called: a short command has no use for it.
  process.getBuiltinModule("node:v8").setFlagsFromString("--heap-growing-percent=50");
}
