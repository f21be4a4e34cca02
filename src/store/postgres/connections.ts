import type { Client, CustomTypesConfig } from "pg";
import { CONNECTION_LIMITS, endedInTime } from "../../postgres/unreliable-network.ts";
import { withNul, withoutNul } from "./nul-texts.ts";
import type { Asked, ConnectionName, Reply } from "./thread-messages.ts";

export interface Connections {
  query(on: ConnectionName, asked: Extract<Asked, { kind: "query" }>): Promise<Reply>;
  drop(on: ConnectionName): Promise<void>;
  beat(text: string, values: readonly unknown[], every_ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Connections to one database, each opened when first needed and reopened after it was dropped. */
export function openConnections(url: string): Connections {
  const open = new Map<ConnectionName, Promise<Client>>();
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<Client> => {
    const { default: pg } = await import("pg");
    const client = new pg.Client({
      ...CONNECTION_LIMITS,
      connectionString: url,
      application_name: "evals",
      types: TYPES,
    });
    // A failed connection is kept until `drop`, so that its next statement fails too. If a new connection took its
    // place at once, the rest of an open transaction would be committed without its beginning.
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const connection = (on: ConnectionName): Promise<Client> => {
    let client = open.get(on);
    if (client === undefined) {
      client = connect();
      open.set(on, client);
      client.catch(() => open.delete(on));
    }
    return client;
  };
  const drop = async (on: ConnectionName): Promise<void> => {
    const client = open.get(on);
    open.delete(on);
    if (client !== undefined) await endedInTime(client.then((one) => one.end()));
  };
  const query: Connections["query"] = async (on, { text, values, lists }) => {
    const client = await connection(on);
    const given = values.map((one) => (typeof one === "string" ? withoutNul(one) : one));
    const answered = await client.query({
      text,
      // PostgreSQL accepts several statements in one text only when no values are sent with them.
      ...(given.length === 0 ? {} : { values: given }),
      ...(lists ? { rowMode: "array" } : {}),
    });
    // Several statements in one text give a list of results. The last one counts.
    const result = Array.isArray(answered) ? answered.at(-1) : answered;
    return { kind: "rows", rows: result?.rows ?? [], changes: result?.rowCount ?? 0 };
  };
  return {
    query,
    drop,
    beat: async (text, values, every_ms) => {
      const once = () => query("beat", { kind: "query", on: "beat", text, values, lists: false });
      timer ??= setInterval(() => {
        once().catch(() => drop("beat"));
      }, every_ms);
      await once();
    },
    close: async () => {
      clearInterval(timer);
      await Promise.all([...open.keys()].map(drop));
    },
  };
}

const asNumber = (text: string): number => Number(text);
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  // Booleans are returned as 0 and 1, as in SQLite.
  16: (text) => (text === "t" ? 1 : 0),
  17: (text) => Buffer.from(text.slice(2), "hex"),
  20: asNumber,
  21: asNumber,
  23: asNumber,
  700: asNumber,
  701: asNumber,
  1700: asNumber,
};

/** Parses values to the same types that SQLite returns. */
const TYPES: CustomTypesConfig = {
  getTypeParser: ((type: number) => PARSERS[type] ?? withNul) as CustomTypesConfig["getTypeParser"],
};
