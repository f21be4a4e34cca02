import { execFileSync, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A PostgreSQL server that a test starts for itself; only this machine can connect to it. */
export interface PrivatePostgres {
  /** Creates an empty database and returns its URL. */
  database(): string;
  /**
   * Blocks this thread until psql has ended. A statement that waits five seconds for a lock fails, because the lock may
   * belong to a transaction of this thread. Where such transactions are open, write with `sqlApart`.
   */
  sql(url: string, text: string): string;
  /** Like `sql`, after a while and in a separate process, so this thread may block meanwhile. */
  sqlApart(url: string, text: string, after_ms: number): { readonly done: Promise<void> };
  /** Stops the server without shutdown, waits, and starts it again. */
  crash(away_ms: number): Promise<void>;
  /** Like `crash`, but a separate process restarts the server, so this thread may block meanwhile. */
  crashApart(away_ms: number): { readonly restarted: Promise<void> };
  stop(): void;
}

const PROGRAMS = ["initdb", "pg_ctl", "postgres"];

/**
 * The folder with PostgreSQL's programs: `PG_BIN`, one of Debian's, or one in `PATH`; undefined if there is
 * none.
 */
function programs(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    process.env.PG_BIN ?? "",
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return folders.find((folder) => folder !== "" && PROGRAMS.every((name) => existsSync(join(folder, name))));
}

/**
 * The user that must start PostgreSQL, which refuses to run as root: null for the current user, and undefined
 * if that is root and there is no user postgres.
 */
export function serverOwner(): { readonly uid: number; readonly gid: number } | null | undefined {
  if (process.getuid?.() !== 0) return null;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((one) => one.startsWith("postgres:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** Why no PostgreSQL can be started here; undefined if one can. */
export function whyNoPostgres(): string | undefined {
  if (programs() === undefined)
    return "PostgreSQL's programs are not installed (Debian: postgresql; or PG_BIN)";
  return serverOwner() === undefined
    ? "PostgreSQL does not run as root, and there is no user postgres"
    : undefined;
}

/** Whether PostgreSQL's tests must be skipped; writes the reason to stderr. Called once per test file. */
export function skippedWithoutPostgres(): boolean {
  const why = whyNoPostgres();
  if (why !== undefined) process.stderr.write(`Not tested: ${why}.\n`);
  return why !== undefined;
}

/** @param durable whether the data survives a power failure; this makes the server slower */
export async function startPostgres(durable = false): Promise<PrivatePostgres> {
  const bin = programs() as string;
  const other = serverOwner();
  const who = other ?? {};
  const folder = mkdtempSync(join(tmpdir(), "evals-postgres-"));
  if (other) chownSync(folder, other.uid, other.gid);
  const data = join(folder, "data");
  const port = await freePort();
  const run = (name: string, args: readonly string[]): string =>
    execFileSync(join(bin, name), args, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      ...who,
    });
  run("initdb", ["-D", data, "-U", "evals", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c max_connections=60 -c fsync=${durable ? "on" : "off"}`;
  // The server would inherit pipes, and spawnSync would wait until the server closes them.
  const control = (...args: string[]): void => {
    const { status } = spawnSync(
      join(bin, "pg_ctl"),
      ["-D", data, "-l", join(folder, "log"), "-w", ...args],
      {
        cwd: folder,
        stdio: "ignore",
        ...who,
      },
    );
    if (status !== 0)
      throw new Error(`pg_ctl ${args.join(" ")}: ${readFileSync(join(folder, "log"), "utf8").slice(-500)}`);
  };
  control("-o", options, "start");
  const sql = (url: string, text: string): string =>
    execFileSync("psql", ["-X", "-Atc", text, url], {
      encoding: "utf8",
      env: {
        ...process.env,
        PGOPTIONS: "-c client_min_messages=warning -c lock_timeout=5s",
        PGCONNECT_TIMEOUT: "20",
      },
    }).trim();
  /** Runs a program after a while. */
  const apart = (
    after_ms: number,
    [program = "", ...words]: readonly string[],
    options: SpawnOptions,
  ): Promise<number | null> => {
    const child = spawn("sh", ["-c", `sleep ${after_ms / 1000}; exec "$@"`, "sh", program, ...words], {
      ...options,
      stdio: "ignore",
    });
    return once(child, "exit").then(([code]) => code);
  };
  let made = 0;
  return {
    database: () => {
      const name = `evals_${++made}`;
      sql(`postgres://evals@127.0.0.1:${port}/postgres`, `CREATE DATABASE ${name}`);
      return `postgres://evals@127.0.0.1:${port}/${name}`;
    },
    sql,
    sqlApart: (url, text, after_ms) => ({
      done: apart(after_ms, ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", text, url], {}).then((code) => {
        if (code !== 0) throw new Error(`psql ended with ${code}: ${text}`);
      }),
    }),
    crash: async (away_ms) => {
      control("stop", "-m", "immediate");
      await new Promise((resolve) => setTimeout(resolve, away_ms));
      control("-o", options, "start");
    },
    crashApart: (away_ms) => {
      control("stop", "-m", "immediate");
      const start = [
        join(bin, "pg_ctl"),
        ...["-D", data, "-l", join(folder, "log"), "-w", "-o", options, "start"],
      ];
      return {
        restarted: apart(away_ms, start, { cwd: folder, ...who }).then((code) => {
          if (code !== 0)
            throw new Error(
              `It did not start again: ${readFileSync(join(folder, "log"), "utf8").slice(-500)}`,
            );
        }),
      };
    },
    stop: () => {
      control("stop", "-m", "immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A port of this machine on which nothing listens. It is below the ports that the system gives to outgoing connections:
 * an outgoing connection could take the port while the server that uses it restarts. Even a client that tries to reach
 * the server could take the port, and then would be connected to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
