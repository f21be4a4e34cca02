import { PRESSURE_KINDS, type PressureKind } from "./pressure.ts";

const PREFIX = "flip_rate.";

/** Name of the flip rate of a kind of pressure: `flip_rate.sycophancy`. */
export function flipMetric(kind: PressureKind): string {
  return `${PREFIX}${kind}`;
}

/** The kind of pressure in the name of a flip rate; undefined for the name of any other metric. */
export function flippedKind(metric: string): PressureKind | undefined {
  return metric.startsWith(PREFIX)
    ? PRESSURE_KINDS.find((kind) => metric.slice(PREFIX.length) === kind)
    : undefined;
}
