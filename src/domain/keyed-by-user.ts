import * as z from "zod";

/**
 * An object whose keys are chosen by the user, including names such as `__proto__` (which zod's record drops) or
 * `constructor` (which a plain object inherits).
 */
export function keyedByUser<T>(value: z.ZodType<T>) {
  return z.custom<Readonly<Record<string, unknown>>>(isObject).transform((given, context) => {
    const kept = Object.create(null) as Record<string, T>;
    for (const [key, one] of Object.entries(given)) {
      const read = value.safeParse(one);
      if (read.success) kept[key] = read.data;
      else
        for (const { message, path } of read.error.issues)
          context.addIssue({ code: "custom", message, path: [key, ...path] });
    }
    return kept as Readonly<Record<string, T>>;
  });
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
