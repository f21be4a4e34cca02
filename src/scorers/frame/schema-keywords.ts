import type { DataValidateFunction, FuncKeywordDefinition } from "ajv/dist/types/index.js";
import { canonicalJson } from "../../domain/json.ts";
import { decimalOf, isMultipleOf } from "./decimal.ts";

/** 19.99 is a multiple of 0.01: as decimals, where the quotient of the binary fractions is no whole number. */
const multipleOf: FuncKeywordDefinition = {
  keyword: "multipleOf",
  type: "number",
  schemaType: "number",
  errors: "full",
  compile(divisor: number) {
    const step = decimalOf(divisor);
    const check: DataValidateFunction = (value: number) => {
      if (isMultipleOf(decimalOf(value), step)) return true;
      check.errors = [
        { keyword: "multipleOf", message: `must be multiple of ${divisor}`, params: { multipleOf: divisor } },
      ];
      return false;
    };
    return check;
  },
};

/** By one text for each item, so that time grows with the list and not with its square. */
const uniqueItems: FuncKeywordDefinition = {
  keyword: "uniqueItems",
  type: "array",
  schemaType: "boolean",
  errors: "full",
  compile(wanted: boolean) {
    const check: DataValidateFunction = (items: readonly unknown[]) => {
      if (!wanted) return true;
      const places = new Map<string, number>();
      for (const [i, item] of items.entries()) {
        const text = canonicalJson(item);
        const first = places.get(text);
        if (first !== undefined) {
          const message = `must NOT have duplicate items (items ## ${first} and ${i} are identical)`;
          check.errors = [{ keyword: "uniqueItems", message, params: { i: first, j: i } }];
          return false;
        }
        places.set(text, i);
      }
      return true;
    };
    return check;
  },
};

/** Keywords that are checked in our way in place of the library's. */
export const OWN_KEYWORDS: readonly FuncKeywordDefinition[] = [multipleOf, uniqueItems];

/** Formats that generators write and that say what a text is for; the library knows the others. */
export const FORMAT_NOTES: readonly string[] = [
  "base64",
  "base64url",
  "cidrv4",
  "cidrv6",
  "color",
  "cuid",
  "cuid2",
  "decimal",
  "directory-path",
  "e164",
  "emoji",
  "file-path",
  "guid",
  "idn-email",
  "idn-hostname",
  "ipvanyaddress",
  "ipvanyinterface",
  "ipvanynetwork",
  "ipv4interface",
  "ipv4network",
  "ipv6interface",
  "ipv6network",
  "iri",
  "iri-reference",
  "json-string",
  "jwt",
  "ksuid",
  "mac",
  "multi-host-uri",
  "nanoid",
  "path",
  "time-delta",
  "ulid",
  "uuid1",
  "uuid3",
  "uuid4",
  "uuid5",
  "uuid6",
  "uuid7",
  "uuid8",
  "xid",
];
