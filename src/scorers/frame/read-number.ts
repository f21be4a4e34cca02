const MINUS = /[\u2212\u2012\u2013]/g;
const SEPARATORS = ",'_ \u00a0\u2009\u202f\u2019";

/** A sign counts only where no digit or letter stands before it: "10-20" and "GPT-4" hold no negative number. */
function pattern(decimal: "." | ","): RegExp {
  const group = `[${[...SEPARATORS, "."].filter((c) => c !== decimal).join("")}]`;
  const fraction = decimal === "." ? "\\.\\d+" : ",\\d+";
  const grouped = `\\d{1,3}(${group})\\d{3}(?:\\1\\d{3})*(?!\\d)`;
  return new RegExp(
    `(?<!\\d)(?:(?<!\\p{L})[+-])?(?:(?:${grouped}|\\d+)(?:${fraction})?|${fraction})(?:[eE][+-]?\\d+)?`,
    "gu",
  );
}

const PATTERNS = { ".": pattern("."), ",": pattern(",") };

/**
 * The numbers in a text, without units and thousands separators: "$1,234.50" holds 1234.5, "45 %" holds 45.
 *
 * @param decimal the character before the fraction; the other one then groups thousands
 */
export function numbersIn(text: string, decimal: "." | ","): readonly number[] {
  const found: number[] = [];
  for (const match of text.replace(MINUS, "-").matchAll(PATTERNS[decimal])) {
    const separator = match[1];
    const bare = separator === undefined ? match[0] : match[0].replaceAll(separator, "");
    found.push(Number(decimal === "," ? bare.replace(",", ".") : bare));
  }
  return found;
}
