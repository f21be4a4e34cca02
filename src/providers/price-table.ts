import type { Price } from "../domain/config.ts";
import type { ListedModel } from "../domain/provider.ts";
import { PRICES_OF, PUBLISHED, type PublishedRow } from "./published-prices.ts";

/** The name of the price table in reports, with the month of its prices. */
export const PRICE_TABLE = `price table ${PRICES_OF}`;

function rowOf({ service, model }: ListedModel): PublishedRow | undefined {
  const models = Object.hasOwn(PUBLISHED, service) ? PUBLISHED[service] : undefined;
  return models !== undefined && Object.hasOwn(models, model) ? models[model] : undefined;
}

/**
 * The published price of a model; null when it is unknown, or when the call's parameters change the price or add
 * charges.
 */
export function publishedPrice(listed: ListedModel): Price | null {
  const [input = null, output = null, cached_input = null, cache_write = null] = rowOf(listed) ?? [];
  if (!listed.plain || input === null || output === null) return null;
  return {
    input,
    output,
    ...(cached_input === null ? {} : { cached_input }),
    ...(cache_write === null ? {} : { cache_write }),
  };
}

/**
 * The published price of a model whose service is unknown; null when no service has a price for it, or several services
 * charge different prices.
 */
export function publishedPriceOf(model: string): Price | null {
  const prices = Object.keys(PUBLISHED).flatMap(
    (service) => publishedPrice({ service, model, plain: true }) ?? [],
  );
  const [first] = prices;
  const isOne = prices.every((one) => one.input === first?.input && one.output === first.output);
  return first !== undefined && isOne ? first : null;
}

/** The published shutdown date of a model, for instance `2027-01-14`; null when there is none. */
export function publishedShutdown(listed: ListedModel): string | null {
  return rowOf(listed)?.[4] ?? null;
}
