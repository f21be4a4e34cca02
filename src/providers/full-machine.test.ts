import { EventEmitter } from "node:events";
import { expect, it, vi } from "vitest";
import { commandProvider } from "./command-provider.ts";
import { ask, fakeHost, questionOf } from "./testing/fake-host.ts";

/** As Node does when no file is left for the streams of one more process: an error, and neither streams nor an end. */
vi.mock("node:child_process", async (original) => ({
  ...(await original<object>()),
  spawn: () => {
    const child = new EventEmitter();
    process.nextTick(() =>
      child.emit("error", Object.assign(new Error("spawn sh EMFILE"), { code: "EMFILE" })),
    );
    return child;
  },
}));

it.each([{}, { serve: "jsonl" }])(
  "a command that finds no room on this machine comes back later: %j",
  async (how) => {
    const settings = commandProvider.settings.parse({
      provider: "command",
      command: ["sh", "-c", "x"],
      ...how,
    });
    const target = await commandProvider.open(settings, fakeHost({ root: import.meta.dirname }));
    expect(await ask(target, questionOf())).toEqual({
      kind: "failed",
      error: "provider",
      message:
        "sh was not started: too many files are open on this machine (EMFILE); raise `ulimit -n`, or lower --concurrency",
      transient: true,
      busy: true,
    });
  },
);
