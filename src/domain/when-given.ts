import * as z from "zod";

/** An optional part of a file whose schema is made when a file has that part: most have none. */
export function whenGiven<T extends z.ZodType>(make: () => T): z.ZodOptional<z.ZodLazy<T>> {
  const part = z.lazy(make);
  // Of a part that is absent zod asks this first; by itself it would make the schema to answer. Optional parts have no default.
  Object.defineProperty(part._zod, "optin", { value: undefined });
  return part.optional();
}
