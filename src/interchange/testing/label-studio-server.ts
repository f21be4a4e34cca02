/** A user of a Label Studio server, with requests to its API. */
export interface Rater {
  readonly id: number;
  readonly email: string;
  api(path: string, body?: unknown): Promise<unknown>;
}

/** Requests with the cookies that a login sets, as a browser sends them. */
class Session {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { cookie, referer: this.#url, "x-csrftoken": this.#cookies.get("csrftoken") ?? "" };
    const reply = await fetch(`${this.#url}${path}`, {
      ...init,
      redirect: "manual",
      headers: { ...headers, ...(init.headers as Record<string, string> | undefined) },
    });
    for (const line of reply.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return reply;
  }

  /** Sends a form of a page, with the token that the page contains. */
  async submit(path: string, fields: Record<string, string>): Promise<void> {
    const page = await (await this.fetch(path)).text();
    const token = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(page)?.[1] ?? "";
    const reply = await this.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ csrfmiddlewaretoken: token, ...fields }).toString(),
    });
    if (reply.status !== 302) throw new Error(`${path} answered ${reply.status}`);
  }
}

/** Logs in as a browser does: a personal token can be made only once and never be read again. */
export async function logIn(url: string, email: string, password: string): Promise<Rater> {
  const session = new Session(url);
  await session.submit("/user/login/", { email, password });
  return raterOf(session, email);
}

/** Creates a user of the server by the invitation of an existing one. */
export async function signUp(url: string, host: Rater, email: string, password: string): Promise<Rater> {
  const { invite_url } = (await host.api("/api/invite")) as { invite_url: string };
  const { pathname, search } = new URL(invite_url, url);
  const session = new Session(url);
  await session.submit(`${pathname}${search}`, { email, password });
  return raterOf(session, email);
}

async function raterOf(session: Session, email: string): Promise<Rater> {
  const api = async (path: string, body?: unknown): Promise<unknown> => {
    const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const reply = await session.fetch(path, { ...sent, headers: { "content-type": "application/json" } });
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${(await reply.text()).slice(0, 300)}`);
    return reply.json();
  };
  const { id } = (await api("/api/current-user/whoami")) as { id: number };
  return { id, email, api };
}
