import * as z from "zod";

/** An optional part of a file whose schema is created only when a file has that part. */
export function whenGiven<T extends z.ZodType>(make: () => T): z.ZodOptional<z.ZodLazy<T>> {
  const part = z.lazy(make);
  // zod reads this property first for an absent part; the default would create the schema. Optional parts have no
  // default.
  Object.defineProperty(part._zod, "optin", { value: undefined });
  return part.optional();
}
