import type { Arm } from "../../baselines/arm.ts";
import { armOfBaseline, type Baseline, parseBaseline } from "../../baselines/baseline-file.ts";
import { rootFingerprint } from "../../run/fingerprint.ts";

/** Root fingerprint of a baseline: that of the run it was made from. */
export function baselineRoot({ cases }: Baseline): string {
  return rootFingerprint(cases.map((one) => ({ id: one.case, key: one.key })));
}

/** @throws {EvalsError} for a broken file */
export function fileArm(
  text: string,
  path: string,
  where: string,
): { readonly arm: Arm; readonly baseline: Baseline; readonly root: string } {
  const baseline = parseBaseline(text, path);
  const root = baselineRoot(baseline);
  return { arm: armOfBaseline(baseline, `${path} at ${where}`, root), baseline, root };
}
