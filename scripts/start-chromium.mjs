// Starts one Chromium for all tests with a browser, before the first of them. On a fresh machine the start may
// take a minute, which must not count against a test's time limit; and two that start at once take longer than
// one.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ATTEMPTS = 2;
const LAUNCH_MS = 240_000;

/** @type {import("playwright-core").BrowserServer | null} */
let server = null;

/**
 * Provides the address of the browser to the tests, or "" if this machine has none.
 *
 * @param {import("vitest/node").TestProject} project
 */
export async function setup(project) {
  const executablePath = [process.env.CHROMIUM ?? "", ...PLACES].find(
    (path) => path !== "" && existsSync(path),
  );
  if (executablePath !== undefined) server = await launch(executablePath, ATTEMPTS);
  project.provide("chromium", server?.wsEndpoint() ?? "");
}

export async function teardown() {
  await server?.close();
}

/** @returns {Promise<import("playwright-core").BrowserServer>} */
async function launch(executablePath, attempts) {
  try {
    return await chromium.launchServer({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-extensions"],
      timeout: LAUNCH_MS,
    });
  } catch (error) {
    if (attempts === 1) throw error;
    process.stderr.write(`Chromium did not start, and is started once more: ${error.message}\n`);
    return launch(executablePath, attempts - 1);
  }
}
