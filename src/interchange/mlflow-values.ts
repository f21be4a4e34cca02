import type { RunToExport } from "./exported.ts";

export interface MlflowMetric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/**
 * MLflow names may only contain letters, digits and a few symbols: `pass^2` becomes `pass_hat_2`, `pass@2` becomes
 * `pass_at_2`.
 */
function plainName(name: string): string {
  return name
    .replaceAll("^", "_hat_")
    .replaceAll("@", "_at_")
    .replace(/[^\w.\- /]/g, "_");
}

/** Every metric whose value is known, with the bounds of its 95 % interval; and the numbers of trials by outcome. */
export function mlflowMetrics({ header, metrics, counts }: RunToExport): readonly MlflowMetric[] {
  const known: (readonly [string, number | null | undefined])[] = Object.entries(metrics).flatMap(
    ([name, { value, low, high }]) => [
      [plainName(name), value] as const,
      [`${plainName(name)}.low`, low] as const,
      [`${plainName(name)}.high`, high] as const,
    ],
  );
  const { cases, trials, answered, errored, skipped } = counts;
  const all = [...known, ...Object.entries({ cases, trials, answered, errored, skipped })];
  const timestamp = Date.parse(header.started_at);
  return all.flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value, timestamp, step: 0 }],
  );
}

/** Maximum length of a value in MLflow. */
const LONGEST = 6000;

/** The parameters that define the run. */
export function mlflowParams({ header, dataset }: RunToExport): readonly { key: string; value: string }[] {
  const params: Record<string, string | number | null> = {
    suite: header.suite,
    dataset,
    target: header.target,
    model: header.model,
    alias: header.alias,
    provider: header.provider,
    prompt: header.prompt === null ? null : `${header.prompt.name}@${header.prompt.version}`,
    trials: header.trials,
    scorers: header.scorers.map(({ name }) => name).join(", "),
    fingerprint: header.fingerprint,
    commit: header.commit,
  };
  return Object.entries(params).flatMap(([key, value]) =>
    value === null || value === "" ? [] : [{ key, value: String(value).slice(0, LONGEST) }],
  );
}
