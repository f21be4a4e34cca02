/** An amount in US dollars as text, for instance `$0.42`. A small amount has more digits. */
export function dollars(usd: number): string {
  if (usd === 0) return "$0";
  const digits = usd >= 0.1 ? 2 : Math.min(12, 1 - Math.floor(Math.log10(usd)));
  return `$${usd.toFixed(digits)}`;
}
