/** The settings that decide when a judge is asked. */
export interface ExplainingEntry {
  readonly required?: boolean | undefined;
  readonly blames?: unknown;
  readonly judge_when?: "always" | "passed" | undefined;
}

/**
 * Whether a judge only explains why trials failed. Such a judge makes no trial fail, so it is asked only about failed
 * trials that no rule explains.
 */
export function explainsOnly({ required, blames }: ExplainingEntry): boolean {
  return required === false && blames !== undefined;
}
