/** The settings that decide when a judge is asked. */
export interface ExplainingEntry {
  readonly required?: boolean | undefined;
  readonly blames?: unknown;
  readonly judge_when?: "always" | "passed" | undefined;
}

/** Whether a judge only says why trials failed. Such a judge fails no trial, so it is asked about few trials. */
export function explainsOnly({ required, blames }: ExplainingEntry): boolean {
  return required === false && blames !== undefined;
}
