import { describe, expect, it } from "vitest";
import { seededRandom } from "../statistics/seeded-random.ts";
import { nearDuplicates } from "./near-duplicates.ts";

const ASKED = [
  "Where is my order 4711? It was to be here on Monday.",
  "Ich möchte die blaue Jacke zurückgeben, sie passt nicht.",
  "Can I pay by invoice, or only by card when I order from Norway?",
  "灯が点きません。どうすればいいですか。",
];

/** Ways to write the same text differently. */
const AGAIN: Readonly<Record<string, (text: string) => string>> = {
  "other capitals": (text) => text.toUpperCase(),
  "other spaces": (text) => `  ${text.replaceAll(" ", "  \n")} `,
  "other punctuation": (text) => `${text.replace(/[?.,。、]/g, "")} !!`,
  "no accents": (text) => text.normalize("NFD").replace(/\p{M}/gu, ""),
  "one more letter": (text) => text.replace(/(\p{L}{4,})/u, "$1s"),
};

describe("nearDuplicates", () => {
  it.each(Object.entries(AGAIN))("recognizes a text with %s", (_, change) => {
    const known = nearDuplicates(ASKED);
    expect(ASKED.filter((text) => !known.has(change(text)))).toEqual([]);
  });

  it("does not recognize a different question", () => {
    const known = nearDuplicates(ASKED);
    for (const text of ["Where is your shop?", "Ich möchte die rote Jacke kaufen.", "Only by card?", "x", ""])
      expect(known.has(text)).toBe(false);
  });

  it("finds every similar text among many, and no other", () => {
    const random = seededRandom("many");
    const word = () => Math.floor(random() * 1e6).toString(36);
    const texts = Array.from({ length: 3000 }, () => Array.from({ length: 10 }, word).join(" "));
    const known = nearDuplicates(texts);
    expect(texts.filter((text) => !known.has(`${text} ok`))).toEqual([]);
    expect(
      texts.filter((text) =>
        known.has(
          text
            .split(" ")
            .map(() => word())
            .join(" "),
        ),
      ),
    ).toEqual([]);
  });

  it("recognizes a text that was added later", () => {
    const known = nearDuplicates();
    expect(known.has("Where is my order?")).toBe(false);
    known.add("Where is my order?");
    expect(known.has("where is my order")).toBe(true);
  });
});
