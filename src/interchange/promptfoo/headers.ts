import type { Json } from "../../domain/json.ts";
import type { SourcePlace } from "../imported.ts";
import { isObject } from "./config-source.ts";
import type { Losses } from "./losses.ts";

/** Names of headers with credentials. */
const SECRET = /^(?:authorization|proxy-authorization|cookie)$|(?:key|token|secret|password|auth)$/i;

/**
 * Converts headers: `{{ env.NAME }}` becomes `${env:NAME}`. A header with a key that is written in the file, or with
 * any other template, is left out and reported.
 */
export function headersOf(
  value: Json | undefined,
  place: SourcePlace,
  losses: Losses,
): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    const filled = String(text).replace(
      /\{\{\s*env\.(\w+)\s*\}\}/g,
      (_, variable: string) => `\${env:${variable}}`,
    );
    if (/\{\{|\{%/.test(filled))
      losses.add(
        place,
        `the header ${name}`,
        "In evals, a header can take values from the environment (${env:NAME}), but not from a template.",
      );
    else if (SECRET.test(name) && !filled.includes("${env:"))
      losses.add(
        place,
        `the header ${name}`,
        `A key must not be in a file: put it into an environment variable and write ${name}: "\${env:NAME}".`,
      );
    else headers[name] = filled;
  }
  return Object.keys(headers).length === 0 ? undefined : headers;
}
