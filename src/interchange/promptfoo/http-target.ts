import type { Json } from "../../domain/json.ts";
import { isObject } from "./config-source.ts";
import { headersOf } from "./headers.ts";
import type { Losses } from "./losses.ts";
import type { Entry, ProviderSpec } from "./provider-spec.ts";

/** The prompt as an expression in the template of a body: the text of the prompt's first message. */
const PROMPT = "messages[0].content";

/** An HTTP target that sends the same requests as promptfoo. */
export function httpEntry(spec: ProviderSpec, losses: Losses): Entry | undefined {
  const { id, config, place } = spec;
  const url = String(config.url ?? id);
  const report = (what: string, why: string): void =>
    losses.add(place, `${what} of ${spec.label ?? id}`, why);
  if (config.request !== undefined) {
    report("request:", "A raw HTTP request is not read; write url, method, headers and body.");
    return undefined;
  }
  if (
    !/^https?:\/\//.test(url) ||
    !URL.canParse(url.replace(/\{\{.*?\}\}/g, "x")) ||
    /^https?:\/\/[^/?#]*\{\{/.test(url) ||
    /\{%/.test(url)
  ) {
    report(
      "url:",
      "The URL must begin with http:// or https:// and a host without a template, and may contain no {% %}.",
    );
    return undefined;
  }
  const method = String(config.method ?? (config.body === undefined ? "GET" : "POST")).toUpperCase();
  if (!["GET", "POST", "PUT", "PATCH"].includes(method)) {
    report(`method: ${method}`, "evals sends only GET, POST, PUT and PATCH requests.");
    return undefined;
  }
  const answer = answerPath(config.transformResponse ?? config.responseParser, report);
  const headers = headersOf(config.headers, place, losses);
  for (const key of [
    "queryParams",
    "sessionParser",
    "signatureAuth",
    "transformRequest",
    "validateStatus",
    "tls",
  ])
    if (config[key] !== undefined)
      report(
        `${key}:`,
        "This setting has no counterpart in evalconfig.yaml; a module of yours can do the same.",
      );
  return {
    provider: "http",
    url: filled(url, report),
    method,
    ...(headers === undefined ? {} : { headers }),
    ...(method === "GET" ? {} : { body: bodyOf(config.body, report) }),
    ...(answer === undefined ? {} : { answer }),
  };
}

type Report = (what: string, why: string) => void;

/**
 * Converts `{{prompt}}` and variables to the names that evals' templates use. Anything else in braces is left out and
 * reported.
 */
function filled(text: string, report: Report): string {
  return text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/g, (whole, inside: string) => {
    const [, name = "", filters = ""] = /^([\w.]+)\s*((?:\|.*)?)$/.exec(inside) ?? [];
    if (name === "" || !/^(?:\|\s*(?:dump|trim|urlencode)\s*)*$/.test(filters)) {
      report(
        whole,
        "Only {{prompt}} and the test's variables are filled in; this part is left out of the request.",
      );
      return "";
    }
    if (name.startsWith("env.")) {
      report(whole, "Only headers take values from the environment; this part is left out of the request.");
      return "";
    }
    const value = name === "prompt" ? PROMPT : `input.${name}`;
    return `{{ ${value}${filters.includes("trim") ? " | strip" : ""} }}`;
  });
}

function bodyOf(value: Json | undefined, report: Report): Json {
  if (typeof value === "string") {
    try {
      return bodyOf(JSON.parse(value) as Json, report);
    } catch {
      return filled(value, report);
    }
  }
  if (value === undefined) return { prompt: `{{ ${PROMPT} }}` };
  return mapped(value, (text) => {
    const whole = /^\{\{\s*(?:prompt|(\w+))\s*(?:\|\s*(?:dump|safe)\s*)?\}\}$/.exec(text);
    // A value that is exactly one variable keeps its type: a list stays a list.
    if (whole?.[1] !== undefined) return `{{ input.${whole[1]} | json }}`;
    return filled(text, report);
  });
}

function mapped(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => mapped(one, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapped(one, change)]));
}

/**
 * Converts `json.choices[0].text` to a JSONPath. Undefined for anything more complex, which is code and is
 * reported.
 */
function answerPath(parser: Json | undefined, report: Report): string | undefined {
  if (parser === undefined || parser === "text") return undefined;
  const path =
    typeof parser === "string"
      ? /^\s*\(?json\)?\s*((?:(?:\?\.|\.)[A-Za-z_$][\w$]*|(?:\?\.)?\[(?:\d+|"[^"]*"|'[^']*')\])*)\s*;?\s*$/.exec(
          parser,
        )?.[1]
      : undefined;
  if (path !== undefined) return `$${path.replaceAll("?.[", "[").replaceAll("?.", ".")}`;
  report(
    "transformResponse:",
    "This setting is code, which is not imported. Write a JSONPath to the answer in the reply (answer: $.text); until then the whole reply is the answer.",
  );
  return undefined;
}
