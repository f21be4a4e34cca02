import { isSendable } from "../domain/header-value.ts";
import { SettingMistake } from "../domain/problem.ts";
import { compileText, isTemplate, type Scope, templateMistake } from "./http-body.ts";
import { isCredentialHeader } from "./written-secret.ts";

/** What of a service's address is made anew for each case, or for each call. */
export interface CaseAddress {
  /** @throws {SettingMistake} when a value would lead elsewhere */
  url(scope: Scope): string;
  /** The headers that hold templates, by lower-case name. @throws {SettingMistake} for a value that no header can hold */
  headers(scope: Scope): Readonly<Record<string, string>>;
}

type Place = readonly (string | number)[];

/** A value as text: objects and lists as their JSON, nothing for null. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Encoded for wherever it is in an address, so that it can begin no other part of it. */
function encoded(value: unknown): string {
  return encodeURIComponent(asText(value));
}

function notHere(at: Place, where: string): SettingMistake {
  return new SettingMistake(at, {
    code: "EVALS_HTTP_TEMPLATE",
    what: `A template cannot be in ${where}.`,
    why: "A case of a dataset must not choose who is sent the request and its keys.",
    fix: "Put templates into the path or the query of the url, or into a header without a key and without ${env:…}.",
  });
}

/** Filters that encode by themselves. */
const ENCODERS = ["url_encode", "cgi_escape", "uri_escape"];

const HOST = /^https?:\/\/[^/?#{}]+(?=[/?])/i;
const DOTS = /^(?:\.|%2e){1,2}$/i;

function pathSegments(address: string): readonly string[] {
  const path = address.replace(HOST, "").split(/[?#]/, 1)[0] ?? "";
  return path.split(/[/\\]/);
}

async function urlTemplate(url: string): Promise<(scope: Scope) => string> {
  const at = ["url"];
  if (!HOST.test(url)) throw notHere(at, "the host of a url");
  const { origin } = new URL(url);
  const text = await compileText(url, at, { print: encoded, printed: ENCODERS });
  const dotted = pathSegments(url).filter((one) => DOTS.test(one)).length;
  return (scope) => {
    const filled = text(scope);
    const leadsOn = URL.canParse(filled) && new URL(filled).origin === origin;
    const climbs = pathSegments(filled).filter((one) => DOTS.test(one)).length > dotted;
    if (!leadsOn || climbs)
      throw templateMistake(at, `it would lead to ${JSON.stringify(filled.slice(0, 120))}`);
    return filled;
  };
}

async function headerTemplate(name: string, value: string): Promise<(scope: Scope) => string> {
  const at = ["headers", name];
  if (isCredentialHeader(name) || value.includes("${env:"))
    throw notHere(at, `the header ${name}, which may hold a key`);
  const text = await compileText(value, at, { print: asText });
  return (scope) => {
    const filled = text(scope);
    if (!isSendable(filled))
      throw templateMistake(at, "its value holds a line break or a letter that no header can hold");
    return filled;
  };
}

/**
 * Compiles the templates in the address and the headers of a service; null when there are none, so that what is sent is
 * what is written.
 *
 * @throws {SettingMistake} for a template in the host, or in a header with a key
 */
export async function compileAddress(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<CaseAddress | null> {
  const filled = Object.entries(headers).filter(([, value]) => isTemplate(value));
  if (!isTemplate(url) && filled.length === 0) return null;
  const address = isTemplate(url) ? await urlTemplate(url) : () => url;
  const templates = await Promise.all(
    filled.map(async ([name, value]) => [name.toLowerCase(), await headerTemplate(name, value)] as const),
  );
  return {
    url: address,
    headers: (scope) => Object.fromEntries(templates.map(([name, of]) => [name, of(scope)])),
  };
}
