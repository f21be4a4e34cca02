import { setTimeout } from "node:timers/promises";

/**
 * How long this program waits, in milliseconds, until the database has ended a connection. Over a broken network the
 * database never does.
 */
const END_MS = 2_000;

/** Options of a connection to a database on another machine. */
export const CONNECTION_LIMITS = {
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  /** After this time without traffic, the operating system checks whether the database can still be reached. */
  keepAliveInitialDelayMillis: 10_000,
} as const;

/** Waits until connections are ended, but at most two seconds. A failure to end them is ignored. */
export async function endedInTime(ended: Promise<void>): Promise<void> {
  await Promise.race([ended.catch(() => {}), setTimeout(END_MS, undefined, { ref: false })]);
}
