import { type Baseline, parseBaseline, sideOfBaseline } from "../../baselines/baseline-file.ts";
import type { Side } from "../../baselines/side.ts";
import { rootFingerprint } from "../../run/fingerprint.ts";

/** The root fingerprint of a baseline. It is equal to the fingerprint of the run that was promoted. */
export function baselineRoot({ cases }: Baseline): string {
  return rootFingerprint(cases.map((one) => ({ id: one.case, key: one.key })));
}

/**
 * A baseline file as a side.
 *
 * @param where name of its commit, for messages
 * @throws {EvalsError} for a damaged file
 */
export function fileSide(
  text: string,
  path: string,
  where: string,
): { readonly side: Side; readonly baseline: Baseline; readonly root: string } {
  const baseline = parseBaseline(text, path);
  const root = baselineRoot(baseline);
  return { side: sideOfBaseline(baseline, { path, at: where }, root), baseline, root };
}
