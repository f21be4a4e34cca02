/** A number with two decimals and a minus sign: `0.71`, `−0.11`; never a negative zero. */
export function twoDecimals(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
