/** The address of an API. An SDK is given `base`; the query of `base_url` is appended to each request. */
export interface ApiAddress {
  /** Base URL without query and fragment. */
  readonly base: string;
  /** Query of `base_url`, for instance `?api-version=…`; may be empty. */
  readonly query: string;
  readonly host: string;
  /** Host and path of the endpoint for messages, without user name and query, which may contain keys. */
  readonly endpoint: string;
}

/** The address of one endpoint. @param path of the endpoint below the base, starting with a slash */
export function apiAddress(baseUrl: string, path: string): ApiAddress {
  const url = new URL(baseUrl);
  const query = url.search;
  const bare = baseUrl.split(/[?#]/, 1)[0] as string;
  return {
    base: query === "" && url.hash === "" ? baseUrl : bare,
    query,
    host: url.host,
    endpoint: `${url.host}${url.pathname.replace(/\/$/, "")}${path}`,
  };
}

/** Wraps fetch so that every URL gets this query. */
export function withQuery(fetch: typeof globalThis.fetch, query: string): typeof globalThis.fetch {
  if (query === "") return fetch;
  return (target, init) => {
    const url = new URL(typeof target === "object" && "url" in target ? target.url : target);
    url.search = query;
    return fetch(url, init);
  };
}

/**
 * Creates an SDK client with its environment variables removed, because SDKs read settings (keys, headers, addresses)
 * that the project does not name. The variables are restored before any other code runs.
 */
export function withoutVariables<T>(prefix: string, make: () => T): T {
  const env = process.env;
  const hidden = Object.entries(env).filter(([name]) => name.toUpperCase().startsWith(prefix));
  for (const [name] of hidden) delete env[name];
  try {
    return make();
  } finally {
    for (const [name, value] of hidden) env[name] = value;
  }
}
