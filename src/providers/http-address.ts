import { isSendable } from "../domain/header-value.ts";
import { SettingMistake } from "../domain/problem.ts";
import { compileText, isTemplate, type Scope, UnfilledTemplate } from "./http-body.ts";
import { isCredentialHeader } from "./written-secret.ts";

/** The parts of a service's address that are computed for each case or call. */
export interface CaseAddress {
  /**
   * The URL with its templates filled. @throws {SettingMistake} when a value would change the host, or leave the path
   * by `..`
   */
  url(scope: Scope): string;
  /**
   * The headers with templates, by lower-case name. @throws {SettingMistake} for a value that is not allowed in a
   * header
   */
  headers(scope: Scope): Readonly<Record<string, string>>;
}

type Place = readonly (string | number)[];

const unsendable = (at: Place, words: string): UnfilledTemplate =>
  new UnfilledTemplate(at, { kind: "unsendable", words });

/** Formats a value as text: objects and lists as JSON, null as empty text. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Encodes a value so that it cannot start another part of the URL. */
function encoded(value: unknown): string {
  return encodeURIComponent(asText(value));
}

function notHere(at: Place, where: string): SettingMistake {
  return new SettingMistake(at, {
    code: "EVALS_HTTP_TEMPLATE",
    what: `A template cannot be in ${where}.`,
    why: "A case of a dataset must not choose the server that receives the request and its keys.",
    fix: "Put templates into the path or the query of the url, or into a header without a key and without ${env:…}.",
  });
}

/** Template filters that encode their value themselves, so that it is not encoded again. */
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
      throw unsendable(at, `its values would lead to ${JSON.stringify(filled.slice(0, 120))}`);
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
      throw unsendable(at, "its value has a line break or a character that no header may have");
    return filled;
  };
}

/**
 * Compiles the templates in a service's URL and headers; null when there are none, so that the settings are sent
 * unchanged.
 *
 * @throws {SettingMistake} for a template in the host, or in a credential header
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
