/** The settings that decide when a judge is asked. */
export interface ExplainingEntry {
  readonly required?: boolean | undefined;
  readonly blames?: unknown;
  readonly judge_when?: "always" | "passed" | undefined;
}

/** Whether a judge is there only to say why trials failed: no trial fails by it, so it is asked of few. */
export function explainsOnly({ required, blames }: ExplainingEntry): boolean {
  return required === false && blames !== undefined;
}
