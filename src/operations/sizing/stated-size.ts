import { EvalsError } from "../../domain/problem.ts";

/** The values of the options; undefined for an option that is not given. */
export interface Stated {
  readonly passRate: number | undefined;
  readonly correlation: number | undefined;
  readonly drop: number | undefined;
  readonly power: number | undefined;
  readonly cases: number | undefined;
  readonly trials: number | undefined;
  readonly baselineTrials: number | undefined;
}

/** The options as they were typed. */
export type StatedOptions = { readonly [name in keyof Stated]?: string | undefined };

/** Each option with its range; both ends are included. `range` is the text for messages. */
const RANGES: Readonly<
  Record<keyof Stated, { option: string; low: number; high: number; whole: boolean; range: string }>
> = {
  passRate: {
    option: "--pass-rate",
    low: 0.001,
    high: 1,
    whole: false,
    range: "a share from 0.001 to 1, for instance 0.8",
  },
  correlation: {
    option: "--correlation",
    low: 0,
    high: 1,
    whole: false,
    range: "a number from 0 to 1, for instance 0.5",
  },
  drop: {
    option: "--drop",
    low: 0.001,
    high: 0.999,
    whole: false,
    range: "a share from 0.001 to 0.999: 0.03, or 3%, is 3 points",
  },
  power: {
    option: "--power",
    low: 0.5,
    high: 0.999,
    whole: false,
    range: "a chance from 0.5 to 0.999, for instance 0.8",
  },
  cases: { option: "--cases", low: 1, high: 100_000, whole: true, range: "a whole number from 1 to 100000" },
  trials: { option: "--trials", low: 1, high: 1000, whole: true, range: "a whole number from 1 to 1000" },
  baselineTrials: {
    option: "--baseline-trials",
    low: 1,
    high: 10_000,
    whole: true,
    range: "a whole number from 1 to 10000",
  },
};

/** Reads the options as numbers; a share may be written in per cent. @throws {EvalsError} EVALS_OPTION_INVALID with every invalid option */
export function readStated(options: StatedOptions): Stated {
  const names = Object.keys(RANGES) as (keyof Stated)[];
  const read = (name: keyof Stated): number | undefined => {
    const text = options[name];
    if (text === undefined) return undefined;
    const { low, high, whole } = RANGES[name];
    const percent = whole ? undefined : /^\s*([\d.]+)\s*%\s*$/.exec(text)?.[1];
    const value =
      text.trim() === "" ? Number.NaN : percent === undefined ? Number(text) : Number(percent) / 100;
    return value >= low && value <= high && (!whole || Number.isInteger(value)) ? value : Number.NaN;
  };
  const stated = Object.fromEntries(names.map((name) => [name, read(name)])) as unknown as Stated;
  const bad = names.filter((name) => Number.isNaN(stated[name]));
  if (bad.length === 0) return stated;
  throw new EvalsError(
    bad.map((name) => ({
      code: "EVALS_OPTION_INVALID",
      what: `${RANGES[name].option} is not ${RANGES[name].range}.`,
      why: "A plan for different numbers than you meant would cost money or miss a drop.",
      fix: `Give ${RANGES[name].range}; see \`evals power --help\``,
    })),
  );
}
