import * as z from "zod";
import { onFirstUse } from "./on-first-use.ts";

/** Kinds of data that are recognized by their format alone. */
export const REDACTED_KINDS = ["card", "iban", "email", "phone", "key"] as const;
export type RedactedKind = (typeof REDACTED_KINDS)[number];

/** A pattern defined by the user. */
const ownRedactionSchema = onFirstUse(() =>
  z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][\w-]{0,39}$/, {
        error: "expected letters, digits, - and _, for instance customer-number",
      })
      .describe("Name that replaces what matches, in brackets: [customer-number]"),
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

/**
 * Removes personal data and keys from what is stored. The same text always gives the same result, and removed data
 * cannot be recovered.
 */
export interface Redaction {
  /** The settings that affect scores. */
  readonly identity: readonly (RedactedKind | OwnRedaction)[];
  /** Replaces each match in a text by the name of its kind or pattern in brackets. */
  readonly text: (text: string) => string;
  /** Redacts every text in a value, and matching keys and numbers; returns the same object when nothing matches. */
  readonly value: <T>(value: T) => T;
  /** Redacts a raw body. A JSON body is parsed first, because its escape sequences would hide where words begin. */
  readonly body: (body: string) => string;
}
