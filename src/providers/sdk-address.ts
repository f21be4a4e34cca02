/** Where an API stands: an SDK is given `base`, and its requests get the query that `base_url` ends in. */
export interface ApiAddress {
  /** Without query and fragment. */
  readonly base: string;
  /** `?api-version=…`, or empty. */
  readonly query: string;
  readonly host: string;
  /** Host and path of the endpoint, for messages: no user and no query, which may hold keys. */
  readonly endpoint: string;
}

/** @param path of the endpoint below the base, with a slash */
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

/** The same fetch, with this query at the end of every address. */
export function withQuery(fetch: typeof globalThis.fetch, query: string): typeof globalThis.fetch {
  if (query === "") return fetch;
  return (target, init) => {
    const url = new URL(typeof target === "object" && "url" in target ? target.url : target);
    url.search = query;
    return fetch(url, init);
  };
}

/**
 * Makes an SDK's client without the environment: SDKs read variables when they are made (keys, headers, addresses)
 * that the project does not name. They are there again before anything else runs.
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
