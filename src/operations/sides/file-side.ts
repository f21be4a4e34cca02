import { type Baseline, parseBaseline, sideOfBaseline } from "../../baselines/baseline-file.ts";
import type { Side } from "../../baselines/side.ts";
import { rootFingerprint } from "../../run/fingerprint.ts";

/** Root fingerprint of a baseline: that of the run it was made from. */
export function baselineRoot({ cases }: Baseline): string {
  return rootFingerprint(cases.map((one) => ({ id: one.case, key: one.key })));
}

/** @throws {EvalsError} for a broken file */
export function fileSide(
  text: string,
  path: string,
  where: string,
): { readonly side: Side; readonly baseline: Baseline; readonly root: string } {
  const baseline = parseBaseline(text, path);
  const root = baselineRoot(baseline);
  return { side: sideOfBaseline(baseline, { path, at: where }, root), baseline, root };
}
