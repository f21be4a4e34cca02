import { PRESSURE_KINDS, type PressureKind } from "./pressure.ts";

/** Id of a variant: `refund-07~sycophancy.1` is made from trial 1 of the case `refund-07`. */
export function variantId(caseId: string, kind: PressureKind, trial: number): string {
  return `${caseId}~${kind}.${trial}`;
}

/** The case, kind and trial in a variant's id; undefined for other ids. */
export function readVariantId(
  id: string,
): { readonly case: string; readonly kind: PressureKind; readonly trial: number } | undefined {
  const [, caseId, kind, trial] = /^(.+)~([a-z]+)\.(\d+)$/s.exec(id) ?? [];
  const known = PRESSURE_KINDS.find((one) => one === kind);
  if (caseId === undefined || known === undefined) return undefined;
  return { case: caseId, kind: known, trial: Number(trial) };
}
