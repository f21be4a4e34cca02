import { SettingMistake } from "../domain/problem.ts";

const KEY_SHAPE =
  /(?:^|[\s"'=:])(?:(?:sk|rk)[-_][A-Za-z0-9_-]{8,}|AIza[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{20,}|xox[abpr]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{16}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.)/;
const CREDENTIAL_HEADER = /^(?:proxy-)?authorization$|^(?:x-)?api[-_]?key$|token$|secret$|^cookie$/i;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether the text contains something that looks like an API key. */
export function looksLikeSecret(text: string): boolean {
  return KEY_SHAPE.test(text);
}

/** Whether this header carries a credential. Such headers are never part of an identity. */
export function isCredentialHeader(name: string): boolean {
  return CREDENTIAL_HEADER.test(name);
}

function writtenSecret(at: readonly (string | number)[]): SettingMistake {
  return new SettingMistake(at, {
    code: "EVALS_SECRET_IN_FILE",
    what: `${at.join(".")} contains a text that looks like a key.`,
    why: "The file is committed: everyone who can read the repository, now or later, could use the key.",
    fix: "Put the key into .env or the environment and name the variable here. Revoke the key if it was ever pushed.",
  });
}

/** Finds every text in a value that looks like a key. The returned problems do not quote the text. */
export function writtenSecrets(
  value: unknown,
  at: readonly (string | number)[] = [],
): readonly SettingMistake[] {
  if (typeof value === "string") return looksLikeSecret(value) ? [writtenSecret(at)] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => writtenSecrets(item, [...at, index]));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, member]) => writtenSecrets(member, [...at, key]));
}

/** Whether a URL contains a password, or a key in its query. */
function holdsCredential(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null) return false;
  const named = [...url.searchParams.keys()].some((name) => name === "key" || isCredentialHeader(name));
  return url.password !== "" || named;
}

/**
 * Rejects settings that contain a key: a text that looks like one, a credential header without `${env:NAME}`, a URL
 * with a password or key, or an `api_key_env` that is not a variable name.
 *
 * @throws {SettingMistake} EVALS_SECRET_IN_FILE, or EVALS_KEY_VARIABLE_NAME
 */
export function refuseWrittenSecrets(settings: {
  readonly api_key_env?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly base_url?: string | undefined;
  readonly url?: string | undefined;
}): void {
  const [found] = writtenSecrets(settings);
  if (found !== undefined) throw found;
  for (const [name, value] of Object.entries(settings.headers ?? {})) {
    if (isCredentialHeader(name) && !value.includes("${env:")) throw writtenSecret(["headers", name]);
  }
  for (const name of ["base_url", "url"] as const) {
    const address = settings[name];
    if (address !== undefined && holdsCredential(address)) throw writtenSecret([name]);
  }
  if (settings.api_key_env !== undefined && !VARIABLE_NAME.test(settings.api_key_env)) {
    throw new SettingMistake(["api_key_env"], {
      code: "EVALS_KEY_VARIABLE_NAME",
      what: "api_key_env is not the name of an environment variable.",
      why: "The setting names the variable that contains the key; the key itself is never in a file.",
      fix: "Write a name such as OPENAI_API_KEY, and put the key into .env or the environment.",
    });
  }
}
