import * as z from "zod";
import { hashJson, type Json } from "../../domain/json.ts";

/**
 * Everything that defines the scores. An option with its default value is left out. So the identity stays the same when
 * a suite writes the default explicitly, and when a later version of evals adds an option.
 *
 * @param replaced members that replace settings of the same name, for instance a path by the file's content
 */
export function identityOf(
  settings: object,
  schema: z.ZodObject,
  {
    version,
    notDefining = [],
    at = "expected",
  }: { readonly version?: number; readonly notDefining?: readonly string[]; readonly at?: string },
  replaced: { readonly [name: string]: Json } = {},
): Json {
  const identity: Record<string, Json> = version === undefined ? {} : { version };
  for (const [option, value] of Object.entries(settings as Record<string, Json>)) {
    if (value === undefined || option === "name" || option === "required" || notDefining.includes(option))
      continue;
    if (option === "against" && value === at) continue;
    if (!isDefault(schema, option, value)) identity[option] = value;
  }
  return { ...identity, ...replaced };
}

function isDefault(schema: z.ZodObject, option: string, value: Json): boolean {
  const whenAbsent = z.safeParse(schema.shape[option] as z.ZodType, undefined);
  return whenAbsent.success && whenAbsent.data !== undefined && hashJson(whenAbsent.data) === hashJson(value);
}
