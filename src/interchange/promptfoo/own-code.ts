import { pathOf } from "./config-test.ts";
import type { Entry, ProviderHelp, ProviderSpec } from "./provider-spec.ts";

/** The model entry for a program such as `exec:python3 bot.py`; undefined when it is not imported, which is reported. */
export function execEntry(
  { id, config, place }: ProviderSpec,
  { losses, files, reading }: ProviderHelp,
): Entry | undefined {
  const words = wordsOf(id.slice("exec:".length).trim());
  if (words.length === 0) {
    losses.add(place, `the provider ${id}`, "No program is named after exec:.");
    return undefined;
  }
  const folder = typeof config.basePath === "string" ? pathOf(reading, config.basePath) : reading.base;
  const cwd = files.inProject(folder === "" ? "." : folder);
  const runner = files.execRunner();
  if (cwd === undefined || cwd === "" || cwd === ".")
    return { provider: "command", command: ["node", runner, ...words] };
  const up = cwd
    .split("/")
    .map(() => "..")
    .join("/");
  return { provider: "command", command: ["node", `${up}/${runner}`, ...words], cwd };
}

/** Splits a command line into words; quotes keep spaces together. */
function wordsOf(line: string): string[] {
  return Array.from(
    line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, plain]) => double ?? single ?? plain ?? "",
  );
}

/**
 * The model entry for a provider in a file: `file://provider.mjs`, `file://bot.py:answer`, `python:bot.py`.
 * Undefined when it is not imported, which is reported.
 */
export function fileEntry(
  { id, label, config, place }: ProviderSpec,
  { losses, files, reading }: ProviderHelp,
): Entry | undefined {
  const [, named = "", name] =
    /^(?:file:\/\/|python:)?(.+?\.(?:[cm]?[jt]s|py|ya?ml|json|go|rb))(?::(\w+))?$/.exec(id) ?? [];
  const path = pathOf(reading, named);
  if (!/\.(?:[cm]?[jt]s|py)$/.test(named) || reading.files.kind(path) !== "file") {
    losses.add(
      place,
      `the provider ${id}`,
      named === "" || /\.(?:go|rb|ya?ml|json)$/.test(named)
        ? "Only providers in JavaScript, TypeScript and Python can be called."
        : "There is no such file.",
    );
    return undefined;
  }
  const own = files.bring(path);
  if (named.endsWith(".py"))
    return {
      provider: "command",
      command: ["python3", files.pythonProvider(), own, name ?? "call_api", JSON.stringify(config)],
    };
  const file = files.moduleProvider(label ?? named, own, name);
  return { provider: "module", file, config: { from: own, config } };
}
