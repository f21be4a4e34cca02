import type { TrafficListing } from "../../domain/traffic-listing.ts";

/** What `evals traffic --json` prints. */
export function trafficDocument({ listed, traces: _, ...listing }: TrafficListing): object {
  return { schema: "evals.traffic/1", exit: 0, ...listing, traces: listed };
}
