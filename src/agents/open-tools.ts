import type { AgentSettings, HttpTool, McpServer, ToolSource } from "../domain/agent-settings.ts";
import type { Case } from "../domain/case.ts";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import type { Json } from "../domain/json.ts";
import type { ModuleEvents } from "../domain/module-events.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { KnownTools } from "../domain/provider.ts";
import type { OfferedTool } from "../domain/tool.ts";
import { fileHashes, moduleFiles } from "../modules/module-files.ts";
import { environmentIdentity, fillEnvironment } from "../providers/environment-values.ts";
import { isCredentialHeader, refuseWrittenSecrets } from "../providers/written-secret.ts";
import type { AgentParts } from "./conversation.ts";
import { type ModuleTools, openModuleTools } from "./module-tools.ts";
import type { ToolProvider } from "./trial-tools.ts";

/** What tools need from their environment. */
export interface ToolHost {
  /** Absolute path of the project root. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Removes secrets from a text. */
  readonly clean?: ((text: string) => string) | undefined;
  readonly modules?: ModuleEvents | undefined;
  /** Whether to run the tools although a recording is configured: true while that recording is being made. */
  readonly live?: boolean | undefined;
  /** The tools that the scorers of a case name. */
  readonly namedTools?: ((golden: Case) => readonly string[]) | undefined;
}

export interface OpenedAgent extends AgentParts {
  /** The tools that are known before a trial. Tools of servers are missing: only a connection shows them. */
  readonly offered: readonly OfferedTool[];
  /** Names of the tools, as far as they are known before the run. */
  readonly known: KnownTools;
  /** Whether the tools answer from a recording. */
  readonly frozen: boolean;
  /** Hash of the recorded calls of a case; undefined without a recording. */
  recordedFor(caseId: string): string | undefined;
  /** Everything in the repository that determines what the tools answer. */
  readonly identity: Json;
  /** The repository files that the tools consist of, relative to the root. */
  readonly files: readonly string[];
  /** Whether every tool gives the same answer to the same call in another run, so that answers may be cached. */
  readonly reusable: boolean;
  close(): Promise<void>;
}

const modulesIn = (tools: readonly ToolSource[]): string[] =>
  tools.flatMap((one) => (typeof one === "string" ? [one] : []));

/**
 * Opens the tools of an agent.
 *
 * @throws {SettingMistake} at its location in the suite; {EvalsError} for an unreadable recording
 */
export async function openAgent(agent: AgentSettings, host: ToolHost): Promise<OpenedAgent> {
  const { allow, limits, recorded } = agent;
  const opened =
    recorded === undefined || host.live === true
      ? await openLive(agent, host)
      : await openRecorded(agent, recorded, host);
  try {
    checkNames(opened.offered);
    checkAllowed(allow, opened.offered, opened.hasServers);
  } catch (error) {
    await closeAll(opened.providers);
    throw error;
  }
  const { hasServers, offered, ...rest } = opened;
  const names = hasServers ? undefined : offered.map((one) => one.name);
  return {
    ...rest,
    limits,
    allow,
    offered: offered.filter((one) => allow?.includes(one.name) ?? true),
    // Without servers, all tools are known already, and the scorers' names are compared with them before the run.
    namedTools: hasServers ? host.namedTools : undefined,
    known: {
      offered: allow ?? names,
      // A recording lists only the tools that were offered, so the names of all tools are unknown.
      all: opened.frozen && allow !== undefined ? undefined : names,
    },
    close: () => closeAll(opened.providers),
  };
}

async function closeAll(providers: readonly ToolProvider[]): Promise<void> {
  await Promise.all(providers.map((one) => one.close()));
}

type OpenedTools = Omit<OpenedAgent, "limits" | "allow" | "namedTools" | "known" | "close"> & {
  readonly hasServers: boolean;
};

async function openLive(agent: AgentSettings, host: ToolHost): Promise<OpenedTools> {
  const { tools } = agent;
  const modules = await openModules(tools, host);
  const providers: ToolProvider[] = modules === null ? [] : [modules];
  const offered: OfferedTool[] = [...(modules?.offered ?? [])];
  let hasServers = false;
  try {
    for (const [index, source] of tools.entries()) {
      if (typeof source === "string") continue;
      if ("mcp" in source) {
        providers.push(await openServer(source.mcp, index, host));
        hasServers = true;
      } else {
        const tool = await openHttp(source.http, index, host);
        providers.push(tool);
        offered.push(...tool.offered);
      }
    }
  } catch (error) {
    await closeAll(providers);
    throw error;
  }
  return {
    providers,
    offered,
    hasServers,
    frozen: false,
    recordedFor: () => undefined,
    identity: identityOfAgent(agent, host),
    files: filesOf(agent, host.root),
    reusable: tools.every((one) => typeof one === "string" || versionOf(one) !== undefined),
  };
}

/** Opens recorded tools. No tool is run: answers and descriptions are read from the recording. */
async function openRecorded(
  { allow, limits }: AgentSettings,
  file: string,
  host: ToolHost,
): Promise<OpenedTools> {
  const { openRecordedTools } = await import("./recorded-tools.ts");
  const tools = openRecordedTools(file, host);
  return {
    providers: [tools],
    offered: tools.offered,
    hasServers: false,
    frozen: true,
    recordedFor: tools.hashFor,
    identity: { recorded: true, ...(allow === undefined ? {} : { allow }), limits } as unknown as Json,
    files: [file],
    reusable: true,
  };
}

function versionOf(source: Exclude<ToolSource, string>): string | undefined {
  return "mcp" in source ? source.mcp.version : source.http.version;
}

async function openModules(
  tools: readonly ToolSource[],
  { root, env, clean, modules: events }: ToolHost,
): Promise<ModuleTools | null> {
  const files = modulesIn(tools);
  const [first] = files;
  if (first === undefined) return null;
  const place = (file: string): (string | number)[] => ["agent", "tools", Math.max(0, tools.indexOf(file))];
  for (const file of files) {
    try {
      moduleFiles(root, file);
    } catch (error) {
      throw unusable(file, error, place(file));
    }
  }
  let opened: ModuleTools;
  try {
    opened = await openModuleTools(files, { root, env, clean, events });
  } catch (error) {
    throw unusable(files.join(", "), error, place(first));
  }
  const [mistake] = opened.mistakes;
  if (mistake === undefined) return opened;
  await opened.close();
  const file = files.find((one) => mistake.startsWith(`${one}:`)) ?? first;
  throw unusable(file, opened.mistakes.map((one) => one.replace(`${file}: `, "")).join("; "), place(file));
}

/** Whether the error says that `file` itself is missing, and not a file that it imports. */
const isMissing = (file: string, error: unknown): boolean =>
  error instanceof Error && "path" in error && "code" in error
    ? error.code === "ENOENT" && String(error.path).endsWith(file)
    : false;

function unusable(file: string, error: unknown, at: readonly (string | number)[]): SettingMistake {
  const message = error instanceof Error ? error.message : String(error);
  return new SettingMistake(
    at,
    {
      code: "EVALS_AGENT_TOOLS",
      what: `The tools of ${file} cannot be used: ${message.replaceAll("\n", " ")}`,
      why: "The agent would be offered none of the tools in this file.",
      fix: isMissing(file, error)
        ? `Correct the path (relative to the project root), or write ${file}.`
        : "export default { name: { description, parameters, run(args, { state }) { … } } }",
    },
    { cause: error },
  );
}

async function openServer(server: McpServer, index: number, { root, env }: ToolHost): Promise<ToolProvider> {
  const at = ["agent", "tools", index, "mcp"];
  const { values } = sendableHeaders(server, at, env);
  const { mcpTools } = await import("./mcp-tools.ts");
  return mcpTools(server, { root, env, headers: values });
}

async function openHttp(tool: HttpTool, index: number, { env }: ToolHost) {
  const at = ["agent", "tools", index, "http"];
  const { values, secrets } = sendableHeaders(tool, at, env);
  const { httpTool } = await import("./http-tool.ts");
  try {
    return await httpTool(tool, { env, headers: values, secrets });
  } catch (error) {
    throw placed(error, at);
  }
}

/** A mistake in one source's settings, at its location in the suite. */
function placed(error: unknown, at: readonly (string | number)[]): unknown {
  if (!(error instanceof SettingMistake)) return error;
  return new SettingMistake([...at, ...error.at], error.problem, { cause: error });
}

/**
 * Headers with secrets filled in.
 *
 * @throws {SettingMistake} for a key written in the file, or a variable that is not set
 */
function sendableHeaders(
  { headers = {}, url }: Pick<McpServer, "headers" | "url">,
  at: readonly (string | number)[],
  env: ToolHost["env"],
) {
  try {
    refuseWrittenSecrets({ headers, url });
  } catch (error) {
    throw placed(error, at);
  }
  const filled = fillEnvironment(headers, env);
  if (filled.kind === "filled") return filled;
  throw new SettingMistake([...at, "headers"], {
    code: "EVALS_ENV_UNSET",
    what: `${filled.names.join(", ")} is not set.`,
    why: "The service with the tools would be called without a header that it needs.",
    fix: `export ${filled.names[0] ?? "NAME"}=…        (or a line in .env)`,
  });
}

/**
 * Rejects two tools with the same name, which the model could not distinguish. Tools of servers are only known after
 * connecting.
 */
function checkNames(offered: readonly OfferedTool[]): void {
  const names = offered.map((one) => one.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new SettingMistake(["agent", "tools"], {
    code: "EVALS_AGENT_TOOL_TWICE",
    what: `Two tools are named "${twice}".`,
    why: "The model could not say which of the two tools it calls.",
    fix: `Rename one of the two tools, or remove one of their sources from \`tools\`.`,
  });
}

function checkAllowed(
  allow: readonly string[] | undefined,
  offered: readonly OfferedTool[],
  hasServers: boolean,
): void {
  // The tools of servers are only known after connecting.
  if (allow === undefined || hasServers) return;
  const names = offered.map((one) => one.name);
  for (const [index, name] of allow.entries()) {
    if (names.includes(name)) continue;
    throw new SettingMistake(["agent", "allow", index], {
      code: "EVALS_AGENT_ALLOW",
      what: `There is no tool "${name}".${didYouMean(name, names)}`,
      why: "The agent would be offered fewer tools than the suite says.",
      fix: `allow: [${nearest(name, names) ?? names[0] ?? "<name>"}]        (existing tools: ${names.join(", ") || "none"})`,
    });
  }
}

function filesOf({ tools }: AgentSettings, root: string): string[] {
  return [...new Set(modulesIn(tools).flatMap((file) => moduleFiles(root, file)))];
}

function identityOfAgent(agent: AgentSettings, { root, env }: ToolHost): Json {
  const { tools, allow, limits } = agent;
  return {
    tools: tools.map((source) => {
      if (typeof source === "string") return source;
      if ("http" in source) return { http: identityOfHttp(source.http, env) };
      const { headers = {}, ...server } = source.mcp;
      return { mcp: { ...server, ...environmentIdentity(headers, env, "headers") } };
    }),
    files: fileHashes(root, filesOf(agent, root)),
    ...(allow === undefined ? {} : { allow }),
    limits,
  } as unknown as Json;
}

/** Credential headers do not affect answers and are not part of an identity. */
function identityOfHttp({ headers, ...tool }: HttpTool, env: ToolHost["env"]): object {
  const sent = Object.entries(headers).filter(([name]) => !isCredentialHeader(name));
  return { ...tool, headers: Object.fromEntries(sent), ...environmentIdentity(headers, env, "headers") };
}
