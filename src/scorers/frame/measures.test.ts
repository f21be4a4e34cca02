import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toNumber } from "../../domain/decimal.ts";
import { canonicalJson, type Json } from "../../domain/json.ts";
import { difference, shorten } from "./brief.ts";
import { chrf } from "./chrf-score.ts";
import { citationsIn, sourceNames } from "./find-citations.ts";
import { firstDifference } from "./json-difference.ts";
import { numbersIn } from "./read-number.ts";
import { comparedWords, rougeL, rougeN, rougeText } from "./rouge-score.ts";
import { sameValue } from "./same-value.ts";

const exact = { ignore_case: false, trim: false, tolerance: 0 };
const strict = { partial: false, ignore_order: false, ignore_keys: [], tolerance: 0 };
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** The numbers in a text. A number that cannot be read in full is given as its text. */
function read(text: string, decimal: "." | "," = "."): readonly (number | string)[] {
  return numbersIn(text, decimal).map((one) =>
    one.value === undefined ? one.text + one.rest : toNumber(one.value),
  );
}

describe("numbersIn", () => {
  it.each([
    ["1,234,567.89", [1234567.89]],
    ["1 234", [1234]],
    ["1'000", [1000]],
    ["-5 °C", [-5]],
    ["\u22125", [-5]],
    ["minus 5 degrees", [-5]],
    ["minus -5", [-5]],
    ["terminus 5", [5]],
    ["300 K", [300]],
    ["5 and a hundred", [5]],
    ["3 quarters", [3]],
    ["5 third-party tools", [5]],
    ["5 cents", [5]],
    ["5 रुपये", [5]],
    ["5-year", [5]],
    ["10 - 20", [10, 20]],
    ["GPT-4", [4]],
    [".5 and +1.5e3", [0.5, 1500]],
    ["45%", [45]],
    ["答案是42", [42]],
    ["42元", [42]],
    ["USD42", [42]],
    ["42EUR, 3kg, 10ms, 2GB, 3rd, 60Hz", [42, 3, 10, 2, 3, 60]],
    ["**42**", [42]],
    ["*42*.", [42]],
    ["1.", [1]],
    ["none", []],
  ])("reads %s", (text, numbers) => {
    expect(read(text)).toEqual(numbers);
  });

  it.each([
    "2½ hours",
    "2 ½ hours",
    "2 and a half hours",
    "2 and three quarters",
    "2 thirds",
    "√5",
    "± 5",
    "5π",
    "5 π",
    "5-5",
    "10-20",
    "2024-05-17",
    "5·5",
    "5^n",
    "$5 M",
    "€ 5 K",
    "5 quadrillion",
    "5 miljoner",
    "5 milyon",
    "5 triệu",
    "5 juta",
    "5 ล้านบาท",
    "5 लाख रुपये",
    "5 مليون",
    "5²",
    "10⁶",
    "12,34",
    "5,5",
    "1,2345",
    "3/4",
    "2 1/2",
    "1⁄2",
    "1.0.1",
    "10:10",
    "2^2",
    "2 × 2",
    "2*2",
    "5k",
    "3M",
    "$5 million",
    "5 Millionen",
    "5 тысяч",
    "3万",
    "2 億",
    "2 dozen",
    "12abc",
    "0x12",
    "1e999",
    "-1e400",
    "9".repeat(400),
    "4२",
  ])("does not read a part of %s as the whole number", (text) => {
    expect(read(text)[0]).toBeTypeOf("string");
  });

  it("reads any number, grouped or not", async () => {
    await fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (n) => {
        expect(read(`about ${n.toLocaleString("en-US")} EUR`)).toEqual([n]);
        expect(read(`about ${n.toLocaleString("de-DE")} EUR`, ",")).toEqual([n]);
        expect(read(`(${n})`)).toEqual([n]);
      }),
    );
  });
});

describe("sameValue", () => {
  it("finds a value equal to its JSON text", async () => {
    const same = sameValue(exact);
    await fc.assert(
      fc.property(json, (value) => {
        if (typeof value === "string") return;
        expect(same(JSON.stringify(value), value)).toBe(true);
        expect(same(value, value)).toBe(true);
      }),
    );
  });

  it("tells values apart whose canonical JSON differs", async () => {
    const same = sameValue(exact);
    await fc.assert(
      fc.property(json, json, (a, b) => {
        if (typeof a === "string" || typeof b === "string") return;
        expect(same(a, b)).toBe(canonicalJson(a) === canonicalJson(b) || a === b);
      }),
    );
  });
});

describe("firstDifference", () => {
  it("is undefined exactly for equal values", async () => {
    await fc.assert(
      fc.property(json, json, (a, b) => {
        expect(firstDifference(strict)(a, b) === undefined).toBe(canonicalJson(a) === canonicalJson(b));
      }),
    );
  });

  it("is undefined for shuffled lists when order is ignored", async () => {
    const unordered = firstDifference({ ...strict, ignore_order: true });
    await fc.assert(
      fc.property(fc.array(json), fc.infiniteStream(fc.nat()), (list, keys) => {
        const shuffled = list
          .map((item) => ({ item, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key);
        expect(
          unordered(
            list,
            shuffled.map(({ item }) => item),
          ),
        ).toBeUndefined();
      }),
    );
  });

  it("keeps count of equal items", () => {
    expect(firstDifference({ ...strict, ignore_order: true })([1, 1, 2], [1, 2, 2])).toBe("$ has no item 1");
  });
});

const words = (a: string, b: string) => comparedWords(rougeText(a), rougeText(b));

describe("overlap measures", () => {
  // Values of Google's rouge_score without stemming.
  it("agrees with published ROUGE values", () => {
    const [got, expected] = words(
      "the quick brown dog jumps on the log.",
      "the quick brown fox jumps over the lazy dog",
    );
    expect(rougeN(got, expected, 1)).toBeCloseTo(12 / 17, 12);
    expect(rougeL(got, expected)).toBeCloseTo(10 / 17, 12);
  });

  it("lies between 0 and 1, and at 1 for the same text", async () => {
    await fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        for (const score of [chrf(a, b), rougeL(...words(a, b)), rougeN(...words(a, b), 2)]) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
        }
        const same = a.trim() === "" ? 0 : 1;
        expect(chrf(a, a)).toBe(same);
        expect(rougeL(...words(a, a))).toBe(same);
      }),
    );
  });

  it.each([
    ["您的退款将在五个工作日内到账", "您的退款会在五个工作日内到账", "请联系客服"],
    ["返金は五営業日以内に行われます", "返金は三営業日以内に行われます", "お問い合わせください"],
    ["เงินคืนจะถึงบัญชีภายในห้าวันทำการ", "เงินคืนจะถึงบัญชีภายในสามวันทำการ", "กรุณาติดต่อเรา"],
    ["ການຄືນເງິນຈະໃຊ້ເວລາຫ້າມື້", "ການຄືນເງິນຈະໃຊ້ເວລາສາມມື້", "ກະລຸນາຕິດຕໍ່"],
  ])("splits a script without spaces into words: %s", (reference, near, far) => {
    for (const measure of [rougeL, (a: readonly string[], b: readonly string[]) => rougeN(a, b, 1)]) {
      expect(measure(...words(near, reference))).toBeGreaterThan(0.5);
      expect(measure(...words(far, reference))).toBeLessThan(0.5);
    }
    expect(chrf(near, reference)).toBeGreaterThan(chrf(far, reference));
  });

  it.each([
    ["C#", "C++"],
    ["Great 👍", "Great 👎"],
    ["$5", "€5"],
    ["🇩🇪", "🇫🇷"],
    ["...", "!!!"],
    ["a ≤ b", "a ≥ b"],
    ["", "..."],
    [" ", "👍"],
  ])("never gives %j and %j full agreement", (a, b) => {
    expect(Math.max(rougeL(...words(a, b)), rougeN(...words(a, b), 1), chrf(a, b))).toBeLessThan(0.9);
  });

  it("ignores punctuation and Markdown around words", () => {
    expect(rougeL(...words("**The** cat, sat!", "# the cat `sat`."))).toBe(1);
  });

  it("weighs recall above precision in chrF", () => {
    expect(chrf("abcdefgh", "abcd")).toBeGreaterThan(chrf("abcd", "abcdefgh"));
  });
});

describe("citationsIn", () => {
  const known = sourceNames(["a", { id: "doc-7" }, { id: "Annual report" }]);

  it.each([
    ["x [1] y [2].", ["1", "2"]],
    ["x [1, 2; 3]", ["1", "2", "3"]],
    ["x [1-3]", ["1", "2", "3"]],
    ["x [^2]", ["2"]],
    ["x 【3】", ["3"]],
    ["x [doc-7] [Annual report]", ["doc-7", "Annual report"]],
    ["x [doc-9]", ["doc-9"]],
    ["a[sic] [ ] [link](http://a.example) [sic!]", []],
    ["[1][1]", ["1"]],
  ])("reads %s", (text, cited) => {
    expect(citationsIn(text, known)).toEqual(cited);
  });
});

describe("words for people", () => {
  it("shortens in the middle to the length asked for", () => {
    expect(shorten("abcdefghij", 5)).toBe("ab…ij");
    expect(shorten("abcde", 5)).toBe("abcde");
  });

  it("stays short however long the texts are", async () => {
    await fc.assert(
      fc.property(fc.string({ minLength: 200, maxLength: 400 }), fc.string({ maxLength: 400 }), (a, b) => {
        expect(difference(a, b).length).toBeLessThan(2 * 6 * 60 + 100);
      }),
    );
  });
});
