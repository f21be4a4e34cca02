/**
 * The source of answers made before the run: `outputs`, a file written by some program; `recording`, recorded answers
 * of a model of the config.
 */
export type AnswersFrom = "outputs" | "recording";

/**
 * The source of answers by the provider's kind, because a stored run header has only the kind. A test compares
 * this with the definitions of the providers.
 */
const ANSWERS_FROM: ReadonlyMap<string, AnswersFrom> = new Map([
  ["outputs", "outputs"],
  ["replay", "recording"],
]);

/**
 * The source of a provider's answers; undefined for a live provider.
 *
 * @param provider kind of the provider, from a run's header
 */
export const answersFrom = (provider: string): AnswersFrom | undefined => ANSWERS_FROM.get(provider);

/** Whether a provider answers from a file, so that the same question always has the same answer. */
export const isRecording = (provider: string): boolean => answersFrom(provider) !== undefined;

/** Whether a provider's answers were made elsewhere, so that their model is unknown here. */
export const isMadeElsewhere = (provider: string): boolean => answersFrom(provider) === "outputs";
