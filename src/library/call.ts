import * as z from "zod";
import { EXIT } from "../domain/exit-code.ts";
import { EvalsError } from "../domain/problem.ts";
import { thrownOutside } from "../modules/process-faults.ts";
import type { Environment } from "../operations/environment.ts";
import { processEnvironment } from "../operations/process-environment.ts";
import { requireDirectory } from "../operations/project/working-directory.ts";
import { repairFirst } from "../operations/promoting/repair-first.ts";
import type { RunHooks } from "../operations/run-watcher.ts";
import { type DocumentHead, mistakesDocument, problemJson } from "../reports/json/documents.ts";
import { runJson } from "../reports/json/run-json.ts";
import type { StoppableOptions } from "./options.ts";
import type { RunEvent, RunName } from "./run-event.ts";

// zod would compile each schema to code first. Only a few files are parsed with each schema, so compiling would
// take longer than it saves.
z.config({ jitless: true });

/** What the library gives to each operation besides its input: the environment, callbacks and cancellation. */
export interface Call extends RunHooks {
  readonly environment: Environment;
}

/**
 * Runs one function of the library and returns its document, also after a mistake of the user.
 *
 * @param command the command with the same document: `run` for `evals.run/1`
 * @param read parses the options; throws an EvalsError for invalid ones
 * @throws an error that `onEvent` threw, and every bug
 */
export async function documented<O extends StoppableOptions, D extends DocumentHead>(
  command: string,
  read: () => O,
  work: (options: O, call: Call) => Promise<D>,
): Promise<D> {
  try {
    const options = read();
    const { call, conclude } = open(options);
    const { environment } = call;
    requireDirectory(environment, options.directory);
    await repairFirst(environment, options.directory);
    return conclude(
      await work(options, call).then(
        (document) => ({ document }),
        (error: unknown) => ({ error }),
      ),
    );
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    const exit = error.midway && !error.mistake ? EXIT.undecided : EXIT.mistake;
    return mistakesDocument(command, exit, error.problems) as D;
  }
}

type Result<D> = { readonly document: D } | { readonly error: unknown };

function open({ signal, onEvent, env }: StoppableOptions) {
  const cut = new AbortController();
  let listenerFailure: { readonly error: unknown } | undefined;
  let outside: EvalsError | undefined;
  const emit = (event: RunEvent): void => {
    if (listenerFailure !== undefined) return;
    try {
      onEvent?.(event);
    } catch (error) {
      listenerFailure = { error };
    }
  };
  const environment = processEnvironment({
    ...(env === undefined ? {} : { env }),
    notice: (text) => emit({ kind: "notice", text }),
    modules: {
      printed: (text) => emit({ kind: "printed", text }),
      threwOutside: (error) => {
        outside ??= thrownOutside(error);
        cut.abort();
      },
      keepsStdout: false,
    },
  });
  const stopping = (): boolean =>
    signal?.aborted === true || listenerFailure !== undefined || outside !== undefined;
  return {
    call: {
      environment,
      control: { stopping, signal: cut.signal },
      watcher: watcherOf(emit),
    } satisfies Call,
    conclude: <D extends DocumentHead>(result: Result<D>): D => {
      if (listenerFailure !== undefined) throw listenerFailure.error;
      if ("error" in result) throw outside ?? result.error;
      if (outside === undefined) return result.document;
      const { document } = result;
      return { ...document, exit: EXIT.undecided, problems: outside.problems.map(problemJson) };
    },
  };
}

function watcherOf(emit: (event: RunEvent) => void): RunHooks["watcher"] {
  let run: RunName = { id: "", suite: "", alias: "" };
  return {
    planned: (plans) =>
      emit({
        kind: "planned",
        runs: plans.map(({ suite, model, count, totalPlanned }) => ({
          suite: suite.name,
          alias: model.alias,
          cases: count,
          trials: totalPlanned,
        })),
      }),
    began: () => {},
    started: ({ id, suite, alias, planned }, done) => {
      run = { id, suite, alias };
      emit({ kind: "started", run, trials: planned, done });
    },
    trial: (event, plan) => {
      const named = { kind: "trial", run, case: plan.id(event.case_no), trial: event.trial } as const;
      if (event.kind === "errored")
        emit({ ...named, outcome: "errored", error: event.error, message: event.message });
      else {
        const { pass, cached, cost_usd } = event;
        emit({ ...named, outcome: "answered", pass, cached, cost_usd });
      }
    },
    retried: () => emit({ kind: "retried" }),
    pressed: () => {},
    variant: () => {},
    answered: () => {},
    ended: (report) => emit({ kind: "ended", run: runJson(report) }),
    over: () => {},
  };
}
