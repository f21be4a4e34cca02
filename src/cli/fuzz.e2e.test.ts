import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../statistics/seeded-random.ts";
import { BESIDE, DRIVERS, type FuzzDriver, PROJECT } from "./testing/fuzz/drivers.ts";
import { broken } from "./testing/fuzz/law.ts";
import { mutateText } from "./testing/fuzz/mutate-text.ts";
import { type Scenario, scenario } from "./testing/scenario.ts";

/** `npm run fuzz` asks for more of them, and with another seed. */
const EACH = Number(process.env.FUZZ_EACH ?? 6);
const SEED = process.env.FUZZ_SEED ?? "1";
const ONLY = process.env.FUZZ_ONLY;
/** Milliseconds in which a command must have ended, however busy the machine is. */
const DEADLINE = 60_000;

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

/** What is wrong with how the driver's command ends over such a text. @param sound whether it is as it should be */
async function fault(driver: FuzzDriver, text: string, sound = false): Promise<string | undefined> {
  put(driver.file, text);
  try {
    const ended = await inTime(repo.evals(driver.command));
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

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end in ${DEADLINE / 1000} s`)), DEADLINE);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

describe("a file that is not as it should be", () => {
  it.each(
    DRIVERS.filter(({ kind }) => ONLY === undefined || kind.includes(ONLY)).map(
      (driver) => [driver.kind, driver] as const,
    ),
  )(
    "ends in an outcome or in mistakes with their places: %s",
    async (kind, driver) => {
      const before = driver.text ?? PROJECT[driver.file] ?? "";
      expect(await fault(driver, before, true), "as it is").toBeUndefined();
      for (let number = 0; number < EACH; number++) {
        const seed = `${SEED} ${kind} ${number}`;
        // A command that never gives its thread back can name nothing itself.
        if (process.env.FUZZ_TRACE) writeFileSync(process.env.FUZZ_TRACE, seed);
        const text = mutateText(before, driver.format, seededRandom(seed));
        const why = await fault(driver, text);
        expect(why, `seed ${JSON.stringify(seed)}:\n${text.slice(0, 3000)}`).toBeUndefined();
      }
    },
    Math.max(30_000, EACH * 5_000),
  );
});
