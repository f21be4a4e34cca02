import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../statistics/seeded-random.ts";
import { BESIDE, DRIVERS, type FuzzDriver, PROJECT } from "./testing/fuzz/drivers.ts";
import { broken } from "./testing/fuzz/law.ts";
import { mutateText } from "./testing/fuzz/mutate-text.ts";
import { type Scenario, scenario } from "./testing/scenario.ts";

/** Number of changed files per kind of file; `npm run fuzz` sets a larger number and other seeds. */
const EACH = Number(process.env.FUZZ_EACH ?? 6);
const SEED = process.env.FUZZ_SEED ?? "1";
const ONLY = process.env.FUZZ_ONLY;
/**
 * Milliseconds of processor time in which a command must end. By the clock, a busy machine would fail commands that are
 * fast; there it only ends those that wait for nothing.
 */
const DEADLINE = 60_000;
const WAITING_DEADLINE = 10 * DEADLINE;

let repo: Scenario;

function put(path: string, text: string): void {
  mkdirSync(dirname(join(repo.root, path)), { recursive: true });
  repo.write(path, text);
}

beforeAll(() => {
  repo = scenario(null);
  for (const [path, text] of Object.entries({ ...PROJECT, ...BESIDE })) put(path, text);
});
afterAll(() => repo.remove());

/**
 * What is wrong with the end of the driver's command for a text; undefined if nothing is.
 *
 * @param sound whether the text is unchanged, so that the command must accept it
 */
async function fault(driver: FuzzDriver, text: string, sound = false): Promise<string | undefined> {
  put(driver.file, text);
  try {
    const began = processorTime();
    const ended = await inTime(repo.evals(driver.command));
    // The timer of a command that never gave its thread back comes too late.
    if (processorTime() - began > DEADLINE) return `it took more than ${DEADLINE / 1000} s of processor time`;
    // A command that only reads files never waits, and a thousand of them in a row would look like one that never ends.
    await setImmediate();
    const isRefused = ended.exit === 2 && !ended.stdout.includes(`"${driver.refused}"`);
    if (sound && isRefused) return `it was refused: ${ended.stdout.replace(/\s+/g, " ")}`;
    return broken(ended);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    put(driver.file, driver.text ?? PROJECT[driver.file] ?? "");
    rmSync(join(repo.root, ".evals"), { recursive: true, force: true });
  }
}

/** Processor time of this process so far, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const [began, since] = [processorTime(), performance.now()];
  const late = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      if (processorTime() - began > DEADLINE)
        reject(new Error(`it did not end in ${DEADLINE / 1000} s of processor time`));
      if (performance.now() - since > WAITING_DEADLINE)
        reject(new Error(`it did not end in ${WAITING_DEADLINE / 1000} s`));
    }, 1000);
  });
  return await Promise.race([work, late]).finally(() => clearInterval(timer));
}

describe("a damaged file", () => {
  it.each(
    DRIVERS.filter(({ kind }) => ONLY === undefined || kind.includes(ONLY)).map(
      (driver) => [driver.kind, driver] as const,
    ),
  )(
    "leads to an outcome or to mistakes with locations: %s",
    async (kind, driver) => {
      const before = driver.text ?? PROJECT[driver.file] ?? "";
      expect(await fault(driver, before, true), "as it is").toBeUndefined();
      for (let number = 0; number < EACH; number++) {
        const seed = `${SEED} ${kind} ${number}`;
        // If a command blocks the thread for ever, this file names the seed.
        if (process.env.FUZZ_TRACE) writeFileSync(process.env.FUZZ_TRACE, seed);
        const text = mutateText(before, driver.format, seededRandom(seed));
        const why = await fault(driver, text);
        expect(why, `seed ${JSON.stringify(seed)}:\n${text.slice(0, 3000)}`).toBeUndefined();
      }
    },
    Math.max(2 * WAITING_DEADLINE, EACH * 5_000),
  );
});
