import * as z from "zod";
import { modelFrame } from "../domain/config.ts";
import type { Json } from "../domain/json.ts";
import { HeaderSettings } from "./header-settings.ts";
import { isTemplate } from "./http-body.ts";

/** Parameters that evals sets itself. */
const RESERVED = ["model", "messages", "input", "stream", "n"] as const;

/** The parameters among the given ones that users must not set. */
export function reservedParams(params: Readonly<Record<string, unknown>>): readonly string[] {
  return RESERVED.filter((name) => Object.hasOwn(params, name));
}

const ENDPOINT = /\/(?:chat\/completions|completions|responses|embeddings|moderations|messages)\/?$/;

const PLAIN = "text without a template: only http models fill {{ }} and {% %}";

/** What an address must be. The part after # is for browsers, and is never sent to a server. */
export const NO_FRAGMENT = "an address without #: what follows the # is never sent";

/** The settings that all chat providers share. */
export const chatSettings = {
  ...modelFrame,
  model: z
    .string()
    .min(1)
    .refine((name) => !isTemplate(name), PLAIN)
    .describe("The provider's name of the model, preferably with its date"),
  params: z
    .record(z.string(), z.json())
    .default({})
    .superRefine((params, context) => {
      // The message completes the sentence "Expected …".
      for (const name of reservedParams(params))
        context.addIssue({ code: "custom", path: [name], message: "left out: evals itself sets it" });
    })
    .describe("Sent unchanged with every request: temperature, max_tokens, tools, response_format…"),
  base_url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !isTemplate(url), PLAIN)
    .refine((url) => !url.includes("#"), NO_FRAGMENT)
    .refine((url) => !ENDPOINT.test(url.split(/[?#]/, 1)[0] as string), {
      error: "the address without the endpoint's path (…/v1): evals adds that path",
    })
    .optional()
    .describe("Another server that speaks the same API"),
  api_key_env: z
    .string()
    .min(1)
    .optional()
    .describe("NAME of the variable that holds the key, never the key"),
  headers: HeaderSettings.superRefine((headers, context) => {
    for (const [name, value] of Object.entries(headers))
      if (isTemplate(value)) context.addIssue({ code: "custom", path: [name], message: PLAIN });
  }),
};

/** Free-form parameters as JSON. */
export type Params = Readonly<Record<string, Json>>;

/** The largest limit on output tokens that the named parameters set; null when none of them sets one. */
export function maxOutput(params: Params, names: readonly string[]): number | null {
  const bounds = names.flatMap((name) => {
    const value = params[name];
    return typeof value === "number" && Number.isFinite(value) && value >= 0 ? [value] : [];
  });
  return bounds.length === 0 ? null : Math.max(...bounds);
}

const DATED = /\d{4}-?\d{2}-?\d{2}|(?:^|[-_])\d{4}(?:$|[-_])/;
const HOSTED = /^(?:[\w.-]+\/)?(?:gpt-|chatgpt-|o\d|claude-|gemini-)/i;

/**
 * The model's name when its provider may move the name to a new version: `…-latest`, or the name of a hosted model
 * without a date. With a `base_url`, only names that look like hosted models (`gpt-…`, `claude-…`) count as hosted.
 * Undefined for any other name.
 */
export function floatingModel(settings: {
  readonly model: string;
  readonly base_url?: string | undefined;
}): string | undefined {
  const { model, base_url } = settings;
  if (/[-:@]latest$/i.test(model)) return model;
  const moves = base_url === undefined || HOSTED.test(model);
  return moves && !DATED.test(model) ? model : undefined;
}
