import type { Price } from "../domain/config.ts";
import type { LoadedModel } from "../domain/project.ts";
import type { OpenTarget } from "../domain/provider.ts";

/** The price of a model and its source. */
export interface KnownPrice {
  readonly price: Price;
  /** Where the price comes from: `evalconfig.yaml` or `price table 2026-11`. */
  readonly source: string;
}

/** The price of a model: the config's, else the published one; null when neither is known. */
export async function priceOfModel({ entry, provider, settings }: LoadedModel): Promise<KnownPrice | null> {
  if (entry.price !== undefined) return { price: entry.price, source: "evalconfig.yaml" };
  const listed = provider.listed?.(settings);
  if (listed === undefined) return null;
  const { PRICE_TABLE, publishedPrice } = await import("../providers/price-table.ts");
  const price = publishedPrice(listed);
  return price === null ? null : { price, source: PRICE_TABLE };
}

/** Adds the model's price to a target without one. */
export async function priced(model: LoadedModel, target: OpenTarget): Promise<OpenTarget> {
  const known = await priceOfModel(model);
  return known === null ? target : { ...target, price: known.price, price_source: known.source };
}

/** The source of these targets' prices, including fallback models; undefined when there is none. */
export function priceSource(targets: readonly OpenTarget[]): string | undefined {
  const all = targets.flatMap((one) => [one, ...(one.fallback === undefined ? [] : [one.fallback.target])]);
  const sources = new Set(all.flatMap(({ price_source }) => price_source ?? []));
  return sources.size === 0 ? undefined : [...sources].join(" and ");
}
