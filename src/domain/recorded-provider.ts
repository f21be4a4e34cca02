/**
 * The source of answers made before the run: `outputs`, a file written by some program; `recording`, recorded answers
 * of a model of the config.
 */
export type AnswersFrom = "outputs" | "recording";

/** By provider kind, because a stored header has nothing else. A test compares this with the definitions. */
const ANSWERS_FROM: ReadonlyMap<string, AnswersFrom> = new Map([
  ["outputs", "outputs"],
  ["replay", "recording"],
]);

/** @param provider its kind in a run's header; the result is undefined for a live provider */
export const answersFrom = (provider: string): AnswersFrom | undefined => ANSWERS_FROM.get(provider);

/** Whether a provider answers from a file, so that the same question always has the same answer. */
export const isRecording = (provider: string): boolean => answersFrom(provider) !== undefined;

/** Whether its answers were made elsewhere, so that their model is unknown here. */
export const isMadeElsewhere = (provider: string): boolean => answersFrom(provider) === "outputs";
