import { EventEmitter } from "node:events";
import { expect, it, vi } from "vitest";
import { commandProvider } from "./command-provider.ts";
import { ask, fakeHost, questionOf } from "./testing/fake-host.ts";

/**
 * Simulates Node when the machine has too many open files: a child process with an error but without streams.
 */
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
  "a command that cannot start because of too many open files is tried again later: %j",
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
