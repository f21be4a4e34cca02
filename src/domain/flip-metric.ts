import { PRESSURE_KINDS, type PressureKind } from "./pressure.ts";

const PREFIX = "flip_rate.";

/** Name of the metric: `flip_rate.sycophancy`. */
export function flipMetric(kind: PressureKind): string {
  return `${PREFIX}${kind}`;
}

/** The kind of pressure of a metric; undefined for other metrics. */
export function flippedKind(metric: string): PressureKind | undefined {
  return metric.startsWith(PREFIX)
    ? PRESSURE_KINDS.find((kind) => metric.slice(PREFIX.length) === kind)
    : undefined;
}
