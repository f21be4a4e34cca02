import { request } from "node:http";
import type { FakeIo } from "../../cli/testing/fake-io.ts";
import type { Ended, Scenario } from "../../cli/testing/scenario.ts";
import type { Label } from "../../domain/label.ts";
import type { SessionState } from "../labelling-shapes.ts";

export interface PageResponse {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Sends one request with any headers, including `Host`. */
export function send(
  url: string,
  {
    method = "GET",
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<PageResponse> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (reply) => {
      let text = "";
      reply.setEncoding("utf8");
      reply.on("data", (part: string) => {
        text += part;
      });
      reply.on("end", () => resolve({ status: reply.statusCode ?? 0, text, headers: reply.headers }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** A running `evals label`, with the requests of its page as functions. */
export interface OpenPage {
  readonly io: FakeIo;
  /** Address of the page, ending in a slash. */
  readonly url: string;
  readonly ended: Promise<Ended>;
  state(): Promise<SessionState>;
  act(body: object): Promise<PageResponse>;
  /** Judges the answer that is shown. */
  judge(verdict: Label["verdict"], more?: object): Promise<SessionState>;
}

/** Runs a command that serves a labelling page, and waits until it has printed the address. */
export async function openPage(repo: Scenario, args: string, changes: object = {}): Promise<OpenPage> {
  let io: FakeIo | undefined;
  let done = false;
  const ended = repo.evals(args, {
    ...changes,
    before: (one) => {
      io = one;
    },
  });
  const settled = ended.finally(() => {
    done = true;
  });
  const find = (): string | undefined =>
    /http:\/\/127\.0\.0\.1:\d+\/\w+\//.exec(io?.printed.stdout ?? "")?.[0];
  while (find() === undefined && !done) await new Promise((resolve) => setTimeout(resolve, 5));
  const url = find();
  if (io === undefined || url === undefined) throw new Error(`no page: ${JSON.stringify(await settled)}`);
  const { origin } = new URL(url);
  const headers = { origin, "content-type": "application/json" };
  const state = async (): Promise<SessionState> => JSON.parse((await send(`${url}state`)).text).state;
  const act = (body: object): Promise<PageResponse> =>
    send(`${url}act`, { method: "POST", headers, body: JSON.stringify(body) });
  return {
    ...{ io, url, ended: settled, state, act },
    judge: async (verdict, more = {}) => {
      const id = (await state()).question?.id;
      const { text } = await act({ act: "label", id, verdict, ...more });
      return JSON.parse(text).state;
    },
  };
}
