import type { Price } from "../domain/config.ts";
import type { ListedModel } from "../domain/provider.ts";
import { PRICES_OF, PUBLISHED, type PublishedRow } from "./published-prices.ts";

/** How reports name the table. */
export const PRICE_TABLE = `price table ${PRICES_OF}`;

function rowOf({ service, model }: ListedModel): PublishedRow | undefined {
  const models = Object.hasOwn(PUBLISHED, service) ? PUBLISHED[service] : undefined;
  return models !== undefined && Object.hasOwn(models, model) ? models[model] : undefined;
}

/** What a provider publishes as the price of a model; null where it is not known or not the same for every call. */
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

/** The same of a model of which nobody says who serves it; null as well where several do at different prices. */
export function publishedPriceOf(model: string): Price | null {
  const prices = Object.keys(PUBLISHED).flatMap(
    (service) => publishedPrice({ service, model, plain: true }) ?? [],
  );
  const [first] = prices;
  const isOne = prices.every((one) => one.input === first?.input && one.output === first.output);
  return first !== undefined && isOne ? first : null;
}

/** The day on which a model is shut down, as its provider publishes it: `2027-01-14`; null for none. */
export function publishedShutdown(listed: ListedModel): string | null {
  return rowOf(listed)?.[4] ?? null;
}
