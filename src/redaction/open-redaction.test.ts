import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvalsError } from "../domain/problem.ts";
import { REDACTED_KINDS } from "../domain/redaction.ts";
import { openRedaction } from "./open-redaction.ts";

const nowhere = () => ({ path: "evalconfig.yaml", line: 1, column: 1 });
const ticket = { name: "ticket", pattern: "TCK-[0-9]{6}" };
const all = await openRedaction([...REDACTED_KINDS, ticket], nowhere);

/** The digits with one more, which makes their Luhn checksum valid. */
function withLuhn(digits: string): string {
  for (let last = 0; last < 10; last++) {
    let sum = 0;
    const whole = `${digits}${last}`;
    for (const [index, digit] of [...whole].reverse().entries()) {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
      sum += Math.floor(value / 10) + (value % 10);
    }
    if (sum % 10 === 0) return whole;
  }
  throw new Error("no digit fits");
}

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: length, maxLength: length });
const card = fc
  .constantFrom(
    ["4", 16],
    ["4", 13],
    ["4", 19],
    ["51", 16],
    ["2221", 16],
    ["2720", 16],
    ["34", 15],
    ["37", 15],
    ["6011", 16],
    ["3528", 16],
    ["36", 14],
    ["62", 16],
  )
  .chain(([start, length]) =>
    digits(Number(length) - String(start).length - 1).map((rest) => withLuhn(`${start}${rest}`)),
  );
const groupsOf = (text: string, gap: string): string =>
  text.length === 15
    ? text.replace(/(.{4})(.{6})/, `$1${gap}$2${gap}`)
    : text.replace(/(.{4})(?=.)/g, `$1${gap}`);
const written = card.chain((one) =>
  fc.constantFrom(
    one,
    ...(one.length > 14 ? [" ", "-", "\u00a0", "."].map((gap) => groupsOf(one, gap)) : []),
  ),
);
const around = fc.constantFrom(
  (text: string) => `pay with ${text} now`,
  (text: string) => `(${text})`,
  (text: string) => `"${text}", please`,
  (text: string) => `first\n${text}\nlast`,
  (text: string) => JSON.stringify({ said: `first\n${text}` }),
  (text: string) => JSON.stringify(JSON.stringify({ said: `first\t${text}` })),
  (text: string) => `${text}.`,
  (text: string) => `card=${text}; next`,
);

describe("a card", () => {
  it("is found however it is grouped and whatever is around it", () => {
    fc.assert(
      fc.property(written, around, (one, put) => {
        expect(all.text(put(one))).toBe(put("[card]"));
      }),
    );
  });

  it("with another last digit, or inside of a longer number or word, stays", () => {
    fc.assert(
      fc.property(card, fc.integer({ min: 1, max: 9 }), (one, more) => {
        const other = `${one.slice(0, -1)}${(Number(one.at(-1)) + more) % 10}`;
        const longer = `7${one}${"1234567".slice(0, 20 - one.length)}`;
        for (const text of [other, longer, `a${one}b`, `${one}.5`])
          expect(all.text(`no ${text} here`)).toBe(`no ${text} here`);
      }),
    );
  });
});

// Examples from the IBAN registry.
const IBANS = [
  "DE89370400440532013000",
  "GB29NWBK60161331926819",
  "FR1420041010050500013M02606",
  "NO9386011117947",
  "MT84MALT011000012345MTLCAST001S",
  "ES9121000418450200051332",
  "NL91ABNA0417164300",
];

describe("an IBAN", () => {
  it.each(IBANS)("%s is found in groups, in small letters and in JSON", (iban) => {
    const ways = [
      iban,
      iban.toLowerCase(),
      groupsOf(iban, " "),
      groupsOf(iban, "-"),
      iban.replace(/(.{4})(?=.)/g, "$1\u00a0"),
    ];
    for (const way of ways) {
      expect(all.text(`to ${way}, today`)).toBe("to [iban], today");
      expect(all.text(`to ${way} and back`)).toBe("to [iban] and back");
      expect(all.text(JSON.stringify({ a: `\n${way}` }))).toBe('{"a":"\\n[iban]"}');
    }
  });

  it.each(IBANS)("%s with other check digits, or one letter more, stays", (iban) => {
    const wrong = `${iban.slice(0, 2)}${String(((Number(iban.slice(2, 4)) + 5) % 96) + 2).padStart(2, "0")}${iban.slice(4)}`;
    expect(all.text(wrong)).toBe(wrong);
    expect(all.text(`${iban}X`)).toBe(`${iban}X`);
  });
});

const FOUND = {
  email: [
    "ann.lee7@example.org",
    "Ann+tag@mail.example.co.uk",
    "o'hara@example.com",
    "jürgen@müller.de",
    "x_1@Example.NET",
  ],
  phone: [
    "+49 30 12345678",
    "+1 415 555 0123",
    "+44 20 7946 0123",
    "+33 1 23 45 67 89",
    "0049 30 1234567",
    "(415) 555-0123",
    "415-555-0123",
    "+1 (415) 555-0123",
    "030 12345678",
    "06 12 34 56 78",
    "+4915112345678",
  ],
  key: [
    `sk-${"proj"}-${"aB3".repeat(16)}`,
    `sk-${"ant"}-api03-${"xY9".repeat(12)}`,
    `${"ghp"}_${"a1B2".repeat(9)}`,
    `${"AKIA"}${"ABCD2345".repeat(2)}`,
    `${"xoxb"}-12345678901-123456789012-${"aB".repeat(12)}`,
    `${"AIza"}${"Sy_-4".repeat(7)}`,
    `${"hf"}_${"Ab12".repeat(9)}`,
    `eyJ${"hbGciOiJ".repeat(2)}.eyJ${"zdWIiOiI".repeat(2)}.${"c2lnbmF0".repeat(2)}`,
    `-----BEGIN ${"PRIVATE"} KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END ${"PRIVATE"} KEY-----`,
  ],
  ticket: ["TCK-123456"],
};

describe("a text of a known format", () => {
  it.each(Object.entries(FOUND).flatMap(([kind, texts]) => texts.map((text) => [kind, text] as const)))(
    "%s: %s",
    (kind, text) => {
      expect(all.text(`see ${text}, or not`)).toBe(`see [${kind}], or not`);
      expect(all.text(`"${text}"`)).toBe(`"[${kind}]"`);
      expect(all.value({ said: [`first\n${text}\nthen`] })).toEqual({ said: [`first\n[${kind}]\nthen`] });
      expect(all.body(JSON.stringify({ said: `first\n${text}` }))).toBe(
        JSON.stringify({ said: `first\n[${kind}]` }),
      );
      // JSON inside of JSON, as the arguments of a tool are.
      const inner = JSON.stringify({ said: `first\n${text}` });
      expect(all.body(JSON.stringify({ arguments: inner }))).toContain(`first\\\\n[${kind}]`);
    },
  );

  it.each([
    "2026-03-14",
    "14.03.2026",
    "01/02/2026",
    "01-02-2026 12:00",
    "2026-03-14T09:26:53Z",
    "v1.23.4",
    "10.0.0.1",
    "1,234,567.89",
    "0.123456789",
    "123e4567-e89b-12d3-a456-426614174000",
    "TCX-123456",
    "git@1.2.3",
    "@scope/package",
    "order 1234567890123",
    "1764470000000",
    "sk-learn",
    "ISBN 978-3-16-148410-0",
    "a1b2c3d4e5f60718293a4b5c6d7e8f90",
    "room 101, floor 3",
    "E = 6.62607015e-34",
  ])("%s stays", (text) => {
    expect(all.text(`no ${text} here`)).toBe(`no ${text} here`);
  });
});

describe("redaction", () => {
  it("removes nothing more when it runs again", () => {
    const texts = Object.values(FOUND).flat();
    const once = all.text(texts.join(" and "));
    expect(all.text(once)).toBe(once);
  });

  it("removes only the kinds that the settings name", async () => {
    const { text } = await openRedaction(["email"], nowhere);
    expect(text("ann@example.org +49 30 12345678")).toBe("[email] +49 30 12345678");
  });

  it("keeps JSON valid: a removed number becomes a text", () => {
    expect(all.text('{"card": 4111111111111111, "n": 3}')).toBe('{"card": "[card]", "n": 3}');
    expect(all.value({ card: 4111111111111111, n: 3 })).toEqual({ card: "[card]", n: 3 });
  });

  it("redacts keys, and numbers keys that become equal", () => {
    expect(all.value({ "a@example.org": 1, "b@example.org": 2 })).toEqual({ "[email]": 1, "[email] 2": 2 });
  });

  it("gives back the very same value where nothing is found", () => {
    const value = { messages: [{ role: "user", content: "hello", parts: [1, null, true] }] };
    expect(all.value(value)).toBe(value);
  });

  it("drops lists of tokens, which would spell the removed text", () => {
    const body = {
      text: "ann@example.org",
      logprobs: { content: [{ token: "ann" }, { token: "@example.org" }] },
    };
    expect(JSON.parse(all.body(JSON.stringify(body)))).toEqual({ text: "[email]", logprobs: null });
  });

  it("prefers the user's own patterns, and removes overlapping matches as one", async () => {
    const own = await openRedaction([{ name: "who", pattern: "customer ann@" }, "email"], nowhere);
    expect(own.text("the customer ann@example.org said")).toBe("the [who] said");
  });

  it("refuses a pattern that RE2 cannot read, at its place", async () => {
    const error = await openRedaction(["card", { name: "x", pattern: "(?<=a)b" }], (index) => ({
      path: "evalconfig.yaml",
      line: index + 3,
      column: 1,
    })).then(
      () => expect.unreachable("it opened"),
      (thrown: EvalsError) => thrown,
    );
    expect(error.problems).toMatchObject([{ code: "EVALS_REDACT_PATTERN", line: 4 }]);
  });

  it("takes time that grows with the text only", () => {
    for (const hostile of [
      "4111 ".repeat(40_000),
      "a@".repeat(100_000),
      "+1 ".repeat(60_000),
      "(0".repeat(100_000),
      `${"x.".repeat(100_000)}@`,
      "sk-".repeat(60_000),
      "-----BEGIN PRIVATE KEY-----".repeat(4000),
      "DE89 ".repeat(40_000),
    ])
      all.text(hostile);
  });
});
