import { portOption, readNumber } from "../../operations/options/read-number.ts";
import type { ViewCall } from "../declarations/view.ts";
import { servePage } from "../serve-page.ts";
import { stopped } from "../stop-signals.ts";

/**
 * `evals view [run]`: serves a page about all runs, with live data, to browsers on this machine, until it is
 * stopped.
 */
export async function viewCommand({ io, options, args: [run] }: ViewCall): Promise<number> {
  const page = await servePage({ ...options, run, port: readNumber(options.port, portOption("--port")) }, io);
  const code = await stopped(io);
  await page.close();
  return code;
}
