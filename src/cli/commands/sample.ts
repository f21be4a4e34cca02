import { sampleTraffic } from "../../operations/sample-traffic.ts";
import { readDesigns } from "../../operations/sampling/read-designs.ts";
import { trafficFilter } from "../../operations/traffic/traffic-filter.ts";
import { sampleText } from "../../reports/terminal/sample.ts";
import type { SampleCall } from "../declarations/sample.ts";
import { printResult } from "../print-result.ts";

/** `evals sample`: draws candidates for a dataset from traffic. */
export async function sampleCommand({ io, options, args: [dataset] }: SampleCall): Promise<number> {
  const { directory, seed = io.date().toISOString().slice(0, 10) } = options;
  const drawing = { ...readDesigns(options), filter: trafficFilter(io, options), seed };
  const sampled = await sampleTraffic(io, { directory, dataset, ...drawing });
  const candidates = sampled.candidates.map(({ id, trace, stratum, probability, why }) => ({
    ...{ id, trace, stratum, probability, why },
  }));
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.sample/1", exit, ...sampled, candidates }),
    text: () => sampleText(sampled),
  });
}
