import type { TrafficListing } from "../../domain/traffic-listing.ts";

/** The output of `evals traffic --json`. */
export function trafficDocument({ listed, traces: _, ...listing }: TrafficListing): object {
  return { schema: "evals.traffic/1", exit: 0, ...listing, traces: listed };
}
