import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { breakableNetwork } from "../../postgres/testing/breakable-network.ts";
import {
  type PrivatePostgres,
  skippedWithoutPostgres,
  startPostgres,
} from "../../postgres/testing/private-postgres.ts";
import { openConnections } from "./connections.ts";
import type { Asked } from "./thread-messages.ts";

const asked: Extract<Asked, { kind: "query" }> = {
  ...{ kind: "query", on: "main", text: "SELECT 7 AS seven", values: [], lists: false },
};
const replied = { kind: "rows", rows: [{ seven: 7 }], changes: 1 };

describe.skipIf(skippedWithoutPostgres())("connections to PostgreSQL", () => {
  let postgres: PrivatePostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  it("are dropped when their network broke, although the server never ends them", async () => {
    const network = await breakableNetwork(postgres.database());
    const connections = openConnections(network.url);
    expect(await connections.query("main", asked)).toEqual(replied);
    network.break();
    await connections.drop("main");
    network.mend();
    expect(await connections.query("main", asked)).toEqual(replied);
    network.break();
    await connections.close();
    network.close();
  });
});
