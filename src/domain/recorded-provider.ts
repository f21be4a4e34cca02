/** Kinds of providers whose answers were made before, by this name in a run's header. */
const RECORDED: ReadonlySet<string> = new Set(["outputs", "replay"]);

/** Whether a provider answers from a file: the same question has the same answer for ever. */
export const isRecording = (provider: string): boolean => RECORDED.has(provider);
