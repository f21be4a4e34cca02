import { spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort, serverOwner } from "./private-postgres.ts";

/** pgbouncer in front of a database: each transaction may run in a different session of the database. */
export interface TransactionPooler {
  readonly url: string;
  stop(): void;
}

function program(): string | undefined {
  const folders = ["/usr/sbin", ...(process.env.PATH ?? "").split(delimiter)];
  return folders.map((folder) => join(folder, "pgbouncer")).find((path) => existsSync(path));
}

/** Whether pgbouncer's tests must be skipped; writes the reason to stderr. Called once per test file. */
export function skippedWithoutPooler(): boolean {
  if (program() !== undefined) return false;
  process.stderr.write("Not tested: pgbouncer is not installed.\n");
  return true;
}

/** @param sessions number of pgbouncer's connections to the database, shared by all clients */
export async function startPooler(database: string, sessions: number): Promise<TransactionPooler> {
  const { port, pathname, username } = new URL(database);
  const name = pathname.slice(1);
  const owner = serverOwner();
  const folder = mkdtempSync(join(tmpdir(), "evals-pooler-"));
  const own = await freePort();
  const settings = join(folder, "settings.ini");
  writeFileSync(
    settings,
    `[databases]
${name} = host=127.0.0.1 port=${port} dbname=${name} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${sessions}
logfile = ${join(folder, "log")}
`,
  );
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const pooler = spawn(program() as string, [settings], { cwd: folder, stdio: "ignore", ...(owner ?? {}) });
  await answering(own);
  return {
    url: `postgres://${username}@127.0.0.1:${own}/${name}`,
    stop: () => {
      pooler.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until a program listens on a port. */
async function answering(port: number): Promise<void> {
  for (let tried = 0; ; tried++) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (isThere) return;
    if (tried > 100) throw new Error("pgbouncer does not listen");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
