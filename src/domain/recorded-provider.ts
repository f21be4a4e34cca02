/**
 * Where answers come from that were made before the run: `outputs`, a file that some program wrote; `recording`, what a model
 * of the config answered once.
 */
export type AnswersFrom = "outputs" | "recording";

/** By the kind of the provider. A stored header says no more than that; a test holds this to the definitions. */
const ANSWERS_FROM: ReadonlyMap<string, AnswersFrom> = new Map([
  ["outputs", "outputs"],
  ["replay", "recording"],
]);

/** @param provider its kind, as a run's header names it; undefined for one that is asked */
export const answersFrom = (provider: string): AnswersFrom | undefined => ANSWERS_FROM.get(provider);

/** Whether a provider answers from a file: the same question has the same answer for ever. */
export const isRecording = (provider: string): boolean => answersFrom(provider) !== undefined;

/** Whether its answers were made elsewhere: which model gave them is not known here. */
export const isMadeElsewhere = (provider: string): boolean => answersFrom(provider) === "outputs";
