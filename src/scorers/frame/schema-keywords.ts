import type { DataValidateFunction, DataValidationCxt, FuncKeywordDefinition } from "ajv/dist/types/index.js";
import { atMost, type Decimal, decimalOf, isMultipleOf } from "../../domain/decimal.ts";
import type { ExactJson } from "../../domain/exact-json.ts";
import { ExactNumber } from "../../domain/exact-number.ts";
import { canonicalJson, type Json } from "../../domain/json.ts";

/** For each list or object that is checked: the numbers in it that a double cannot hold exactly, by index or name. */
const exactNumbers = new WeakMap<object, Map<string | number, ExactNumber>>();
/**
 * Whether the value being checked contains numbers that a double cannot hold exactly. If not, `restored` returns every
 * part of the value as it is, which is fast.
 */
let holdsExact = false;

/**
 * Converts a value for the schema validator, which only supports doubles. The keywords defined in this file look up
 * the exact numbers.
 */
export function checkable(value: ExactJson): { readonly value: Json; readonly within: DataValidationCxt } {
  const holder: Record<string, Json> = {};
  holdsExact = false;
  const plain = withDoubles(value, holder, "value");
  const within = {
    parentData: holder,
    parentDataProperty: "value",
    instancePath: "",
    rootData: plain as never,
  };
  return { value: plain, within: { ...within, dynamicAnchors: {} } };
}

function withDoubles(value: ExactJson, holder: object, key: string | number): Json {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof ExactNumber) {
    const siblings = exactNumbers.get(holder) ?? new Map<string | number, ExactNumber>();
    exactNumbers.set(holder, siblings.set(key, value));
    holdsExact = true;
    return Number(value.text);
  }
  // Only the parts that contain a number which a double cannot hold exactly are copied.
  if (Array.isArray(value)) {
    const copy: Json[] = [];
    for (const [i, item] of value.entries()) copy.push(withDoubles(item as ExactJson, copy, i));
    return exactNumbers.has(copy) || copy.some((item, i) => item !== value[i])
      ? copy
      : (value as readonly Json[]);
  }
  const copy: Record<string, Json> = Object.create(null) as Record<string, Json>;
  let changed = false;
  for (const [name, inner] of Object.entries(value as { readonly [key: string]: ExactJson })) {
    const made = withDoubles(inner, copy, name);
    changed ||= made !== inner;
    copy[name] = made;
  }
  return changed ? copy : (value as Json);
}

/** The checked value as it was written. */
function exactly(value: Json, { parentData, parentDataProperty }: Place): ExactJson {
  return exactNumbers.get(parentData)?.get(parentDataProperty) ?? restored(value);
}

function restored(value: Json): ExactJson {
  if (typeof value !== "object" || value === null || !holdsExact) return value;
  const own = exactNumbers.get(value);
  if (Array.isArray(value)) return value.map((item: Json, i) => own?.get(i) ?? restored(item));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, own?.get(key) ?? restored(item)]),
  );
}

type Place = Pick<DataValidationCxt, "parentData" | "parentDataProperty">;

interface Mistake {
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Defines a keyword with a check that replaces the validator's own check. */
function keyword<S, V>(
  name: string,
  type: "array" | "number" | undefined,
  compile: (wanted: S) => (value: V, at: Place) => Mistake | undefined,
): FuncKeywordDefinition {
  return {
    keyword: name,
    ...(type === undefined ? {} : { type }),
    errors: "full",
    compile(wanted: S) {
      const mistakeIn = compile(wanted);
      const check: DataValidateFunction = (value: V, at) => {
        const mistake = mistakeIn(value, at ?? { parentData: {}, parentDataProperty: "" });
        if (mistake === undefined) return true;
        check.errors = [{ keyword: name, ...mistake }];
        return false;
      };
      return check;
    },
  };
}

/** A number as an exact decimal: 19.99 is a multiple of 0.01, although the division of doubles has a remainder. */
function decimalAt(value: number, { parentData, parentDataProperty }: Place): Decimal | undefined {
  const exact = exactNumbers.get(parentData)?.get(parentDataProperty);
  if (exact !== undefined) return exact.decimal;
  return Number.isFinite(value) ? decimalOf(value) : undefined;
}

function numberKeyword(
  name: string,
  words: (limit: number) => Mistake,
  holds: (value: Decimal, limit: Decimal) => boolean,
): FuncKeywordDefinition {
  return keyword<number, number>(name, "number", (limit) => {
    const wanted = decimalOf(limit);
    return (value, at) => {
      const decimal = decimalAt(value, at);
      return decimal !== undefined && holds(decimal, wanted) ? undefined : words(limit);
    };
  });
}

function limitKeyword(name: string, comparison: string, holds: (a: Decimal, b: Decimal) => boolean) {
  const words = (limit: number) => ({
    message: `must be ${comparison} ${limit}`,
    params: { comparison, limit },
  });
  return numberKeyword(name, words, holds);
}

const NOT_UNIQUE = (first: number, second: number): Mistake => ({
  message: `must NOT have duplicate items (items ## ${first} and ${second} are identical)`,
  params: { i: first, j: second },
});

export const OWN_KEYWORDS: readonly FuncKeywordDefinition[] = [
  limitKeyword("minimum", ">=", (value, limit) => atMost(limit, value)),
  limitKeyword("maximum", "<=", atMost),
  limitKeyword("exclusiveMinimum", ">", (value, limit) => !atMost(value, limit)),
  limitKeyword("exclusiveMaximum", "<", (value, limit) => !atMost(limit, value)),
  numberKeyword(
    "multipleOf",
    (step) => ({ message: `must be multiple of ${step}`, params: { multipleOf: step } }),
    isMultipleOf,
  ),
  keyword<Json, Json>("const", undefined, (wanted) => {
    const text = canonicalJson(wanted);
    const mistake = { message: "must be equal to constant", params: { allowedValue: wanted } };
    return (value, at) => (canonicalJson(exactly(value, at)) === text ? undefined : mistake);
  }),
  keyword<readonly Json[], Json>("enum", undefined, (wanted) => {
    const texts = new Set(wanted.map(canonicalJson));
    const mistake = {
      message: "must be equal to one of the allowed values",
      params: { allowedValues: wanted },
    };
    return (value, at) => (texts.has(canonicalJson(exactly(value, at))) ? undefined : mistake);
  }),
  // Each item is compared by its text, so that the time is linear and not quadratic.
  keyword<boolean, readonly Json[]>("uniqueItems", "array", (wanted) => (items) => {
    if (!wanted) return undefined;
    const places = new Map<string, number>();
    for (const [i, item] of items.entries()) {
      const text = canonicalJson(exactly(item, { parentData: items, parentDataProperty: i }));
      const first = places.get(text);
      if (first !== undefined) return NOT_UNIQUE(first, i);
      places.set(text, i);
    }
    return undefined;
  }),
];

/** Formats that generators add as annotations and that are not checked. `ajv-formats` checks the other formats. */
export const FORMAT_NOTES: readonly string[] = (
  "base64 base64url cidrv4 cidrv6 color cuid cuid2 decimal directory-path e164 emoji file-path guid idn-email " +
  "idn-hostname ipvanyaddress ipvanyinterface ipvanynetwork ipv4interface ipv4network ipv6interface ipv6network iri " +
  "iri-reference json-string jwt ksuid mac multi-host-uri nanoid path time-delta ulid uuid1 uuid3 uuid4 uuid5 uuid6 " +
  "uuid7 uuid8 xid"
).split(" ");
