/** Names of characters that are invisible or look like another character. */
const NAMES: Readonly<Record<string, string>> = {
  "\t": "tab",
  "\n": "line feed",
  "\r": "carriage return",
  " ": "space",
  "\u00a0": "no-break space",
  "\u00ad": "soft hyphen",
  "\u180e": "Mongolian vowel separator",
  "\u2009": "thin space",
  "\u200b": "zero width space",
  "\u200c": "zero width non-joiner",
  "\u200d": "zero width joiner",
  "\u200e": "left-to-right mark",
  "\u200f": "right-to-left mark",
  "\u2010": "hyphen",
  "\u2011": "non-breaking hyphen",
  "\u2012": "figure dash",
  "\u2013": "en dash",
  "\u2014": "em dash",
  "\u2018": "left single quotation mark",
  "\u2019": "right single quotation mark",
  "\u201c": "left double quotation mark",
  "\u201d": "right double quotation mark",
  "\u2026": "ellipsis",
  "\u2028": "line separator",
  "\u202f": "narrow no-break space",
  "\u2060": "word joiner",
  "\u2212": "minus sign",
  "\u3000": "ideographic space",
  "\ufeff": "byte order mark",
  "\u0300": "combining grave accent",
  "\u0301": "combining acute accent",
  "\u0302": "combining circumflex",
  "\u0303": "combining tilde",
  "\u0308": "combining diaeresis",
  "\u030a": "combining ring",
  "\u0327": "combining cedilla",
};

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Cyrillic}/u, "a Cyrillic letter"],
  [/\p{Script=Greek}/u, "a Greek letter"],
  [/\p{M}/u, "a combining mark"],
  [/\p{Zs}/u, "a blank"],
  [/\p{Pd}/u, "a dash"],
  [/[\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/u, "an invisible character"],
  [/[\uff01-\uff5e]/u, "a full-width character"],
];

const LOOKS: ReadonlyMap<string, string> = new Map(
  [
    ["аеорсухіјѕһԁԛԝАВЕКМНОРСТХІЈЅ", "aeopcyxijshdqwABEKMHOPCTXIJS"],
    ["ονΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ovABEZHIKMNOPTYX"],
    ["\u2018\u2019\u201b\u02bc\u2032", "'''''"],
    ["\u201c\u201d\u201f\u2033", '""""'],
  ].flatMap(([odd = "", plain = ""]) => Array.from(odd, (letter, i) => [letter, plain[i] ?? ""] as const)),
);

/**
 * A text as it appears to a reader: without invisible characters, and with a plain letter for each look-alike letter.
 */
export function seen(text: string): string {
  const isPlain = /^[\n\x20-\x7e]*$/.test(text);
  return (isPlain ? text : inPlainLetters(text)).replace(/ +$/gm, "").trimEnd();
}

function inPlainLetters(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "")
    .replace(/\p{Pd}|\u2212/gu, "-")
    .replace(/[^\S\n]/gu, " ")
    .replace(
      /[\u2018-\u2033\u02bc\p{Script=Cyrillic}\p{Script=Greek}]/gu,
      (letter) => LOOKS.get(letter) ?? letter,
    );
}

/**
 * Describes the difference between two texts that look the same: `; they look alike: the answer has U+200B (zero
 * width space)`. Empty for texts that visibly differ.
 *
 * @param same says whether two texts agree; by default, whether they are equal
 * @param words for each text, the words before the list of its odd characters
 */
export function unseenDifference(
  expected: string,
  got: string,
  same: (got: string, expected: string) => boolean = (a, b) => a === b,
  words = { got: "the answer has", expected: "what was expected has" },
): string {
  if (got === expected || !same(seen(got), seen(expected))) return "";
  if (same(got.normalize("NFC"), expected.normalize("NFC"))) {
    const mark = /\p{M}/u.exec(expected === expected.normalize("NFC") ? got.normalize("NFD") : expected)?.[0];
    return `; they look alike and differ in their Unicode normal form${mark === undefined ? "" : `: ${named(mark)}`}`;
  }
  const [wanted, found] = [oddIn(expected), oddIn(got)];
  const parts = [
    differenceText(words.got, found, wanted),
    differenceText(words.expected, wanted, found),
  ].filter((words) => words !== undefined);
  return parts.length === 0
    ? "; they look alike and differ in blanks or line ends"
    : `; they look alike: ${parts.join(", ")}`;
}

const SHOWN = 3;

function differenceText(words: string, odd: readonly string[], other: readonly string[]): string | undefined {
  const own = [...new Set(odd.filter((one) => count(odd, one) > count(other, one)))];
  if (own.length === 0) return undefined;
  return `${words} ${own.slice(0, SHOWN).map(named).join(", ")}${own.length > SHOWN ? ", …" : ""}`;
}

function count(list: readonly string[], wanted: string): number {
  return list.filter((one) => one === wanted).length;
}

/**
 * Lists the invisible characters and the look-alikes of other characters in a text, at most the first 200 of them.
 */
function oddIn(text: string): readonly string[] {
  const odd: string[] = [];
  for (const letter of text) {
    if (odd.length === 200) break;
    const isBlank = letter === " " || letter === "\n";
    if (!isBlank && seen(`x${letter}x`) !== `x${letter}x`) odd.push(letter);
  }
  return odd;
}

function named(letter: string): string {
  const code = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const name = NAMES[letter] ?? KINDS.find(([pattern]) => pattern.test(letter))?.[1];
  return `U+${code}${name === undefined ? "" : ` (${name})`}`;
}
