import * as z from "zod";

/** An optional part of a file whose schema is created only when a file has that part. */
export function whenGiven<T extends z.ZodType>(make: () => T): z.ZodOptional<z.ZodLazy<T>> {
  const part = z.lazy(make);
  // For an absent part, zod first reads `optin`, which would create the schema to find out whether the part has a
  // default value. Parts made with this function never have one.
  Object.defineProperty(part._zod, "optin", { value: undefined });
  return part.optional();
}
