import { PRESSURE_KINDS, type PressureKind } from "./pressure.ts";

const PREFIX = "flip_rate.";

/** `flip_rate.sycophancy`. */
export function flipMetric(kind: PressureKind): string {
  return `${PREFIX}${kind}`;
}

/** The kind of pressure that a metric is about; undefined for another metric. */
export function flippedKind(metric: string): PressureKind | undefined {
  return metric.startsWith(PREFIX)
    ? PRESSURE_KINDS.find((kind) => metric.slice(PREFIX.length) === kind)
    : undefined;
}
