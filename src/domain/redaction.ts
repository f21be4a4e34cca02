import * as z from "zod";
import { onFirstUse } from "./on-first-use.ts";

/** What is known by its form alone. */
export const REDACTED_KINDS = ["card", "iban", "email", "phone", "key"] as const;
export type RedactedKind = (typeof REDACTED_KINDS)[number];

/** A pattern of the user's own. */
const ownRedactionSchema = onFirstUse(() =>
  z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][\w-]{0,39}$/, {
        error: "expected letters, digits, - and _, for instance customer-number",
      })
      .describe("What is in its place, in brackets: [customer-number]"),
    pattern: z
      .string()
      .min(1)
      .describe("A regular expression without lookaround and back-references, as RE2 reads it"),
  }),
);
export type OwnRedaction = z.output<ReturnType<typeof ownRedactionSchema>>;

export const redactSchema = onFirstUse(() =>
  z.array(z.union([z.enum(REDACTED_KINDS), ownRedactionSchema()])).min(1),
);
export type Redact = z.output<ReturnType<typeof redactSchema>>;

/** Takes personal data and keys out of what is kept. The same text always becomes the same; what was taken out stays out. */
export interface Redaction {
  /** What of it defines the scores of an answer. */
  readonly identity: readonly (RedactedKind | OwnRedaction)[];
  /** A text with each find replaced by its name in brackets. */
  readonly text: (text: string) => string;
  /** The same value with every text in it, and every key and number that is one, redacted; the very same where nothing is found. */
  readonly value: <T>(value: T) => T;
  /** A body as it was received: JSON is read before it is searched, since its escapes hide where a word begins. */
  readonly body: (body: string) => string;
}
