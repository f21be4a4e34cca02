import type { TrafficCondition, TrafficFilter } from "../../domain/traffic.ts";
import { parseSince, parseWhere } from "../../domain/traffic-filter.ts";
import type { TrafficStore } from "../../store/traffic.ts";
import type { Environment } from "../environment.ts";
import { hashedUser } from "./clean-span.ts";

/** The conditions for traffic, as the user typed them. */
export interface TypedFilter {
  readonly where?: string | undefined;
  readonly since?: string | undefined;
}

/** Parses `--where` and `--since`. @throws {EvalsError} EVALS_OPTION_INVALID */
export function trafficFilter(
  { date }: Pick<Environment, "date">,
  { where, since }: TypedFilter,
): TrafficFilter {
  return {
    ...(where === undefined ? {} : { where: parseWhere(where, "--where") }),
    ...(since === undefined ? {} : { since: parseSince(since, date().getTime()) }),
  };
}

const HASH = /^[0-9a-f]{16}$/;

/** The filter with users' ids replaced by hashes, because the store has only hashes of users. */
export async function storedFilter(
  filter: TrafficFilter,
  traffic: Pick<TrafficStore, "salt">,
): Promise<TrafficFilter> {
  if (filter.where?.some(namesUser) !== true) return filter;
  const salt = await traffic.salt();
  const where = filter.where.map((one) =>
    namesUser(one) ? { ...one, value: hashedUser(salt, one.value) } : one,
  );
  return { ...filter, where };
}

const namesUser = ({ field, value }: TrafficCondition): boolean => field === "user" && !HASH.test(value);
