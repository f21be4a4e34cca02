import { describe, expect, it } from "vitest";
import { estimateTokens } from "./estimate-tokens.ts";

/** Texts with their number of tokens: the higher count of the tokenizers o200k_base and cl100k_base. */
const TEXTS: readonly (readonly [name: string, text: string, tokens: number])[] = [
  [
    "English prose",
    "Our courier left the box with a neighbour, and nobody told us which of the four houses it was. We waited until Thursday before we called. ",
    30,
  ],
  [
    "German prose",
    "Der Techniker kam erst am Nachmittag, obwohl man uns den Vormittag zugesagt hatte; die Waschmaschine läuft seitdem wieder. ",
    37,
  ],
  ["Finnish prose", "Maksumuistutus lähetettiin väärään osoitteeseen, vaikka muutimme jo huhtikuussa. ", 35],
  ["Russian prose", "Посылку оставили у соседей, но никто не сказал, в какой квартире. ", 36],
  ["Arabic prose", "ترك الساعي الطرد عند الجيران ولم يخبرنا أحد في أي بيت هو. ", 40],
  ["Hindi prose", "कूरियर ने पैकेट पड़ोसी के पास छोड़ दिया। ", 44],
  ["Chinese prose", "快递员把包裹放在邻居家,但是没有人告诉我们是哪一家。我们一直等到星期四才打电话。", 45],
  ["Japanese prose", "配達員は荷物を隣の家に置いていきましたが、どの家か誰も教えてくれませんでした。", 42],
  ["Korean prose", "택배 기사가 상자를 이웃집에 맡겼지만 어느 집인지 아무도 말해 주지 않았습니다. ", 45],
  [
    "JSON",
    '{"order":"A-7714","lines":[{"sku":"KX-220","qty":3,"price":19.95},{"sku":"B7","qty":1,"price":4}],"paid":false,"note":null}',
    50,
  ],
  ["digits", "7391 20845567 14 998201 3305 71120938 ", 19],
  ["a long number", "90712563400918273645512093847566120938475610293847", 17],
  ["dates", "2026-03-14T08:15:30.250Z, 2027-01-02T23:59:59Z; ", 32],
  ["emoji", "🚲🔧😅📮🌧️👍🏽🧾✅ ", 27],
  ["code", "export const sum = (xs: number[]): number => xs.reduce((a, b) => a + b, 0);\n", 26],
  ["hexadecimal", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 43],
  ["base64", "dGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZyBhbmQgcnVucyBhd2F5", 56],
  ["random letters", "qzxvkwpjfhgbmtcldysnraqzjxkvwbpfhmg qwjzkxvbpl", 27],
  ["Markdown", "| id | state |\n|---:|:------|\n| 7 | **open** |\n\n- [x] `done`\n", 27],
];

describe("the estimate of a text's tokens", () => {
  it.each(TEXTS)("never falls short by more than a tenth: %s", (_, text, tokens) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(0.9 * tokens);
  });

  it.each(TEXTS)("stays within a few times the count: %s", (_, text, tokens) => {
    expect(estimateTokens(text)).toBeLessThanOrEqual(5 * tokens);
  });

  it("is additive for long texts, and 0 for none", () => {
    const text = "Two parcels, 31 kg: https://example.com/track?id=A-77. ";
    expect(estimateTokens("")).toBe(0);
    expect(Math.abs(estimateTokens(text.repeat(100)) - 100 * estimateTokens(text))).toBeLessThanOrEqual(200);
  });
});
