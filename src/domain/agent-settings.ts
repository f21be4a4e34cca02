import * as z from "zod";
import { Duration } from "./config.ts";
import { onFirstUse } from "./on-first-use.ts";

/** An MCP server of tools: a program or an address. */
const mcpServerSchema = onFirstUse(() =>
  z
    .strictObject({
      command: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe("Program and arguments, without a shell; started once per trial, in the project's root"),
      url: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe("Address of a server over HTTP, instead of a command"),
      headers: z
        .record(z.string().min(1), z.string())
        .optional()
        .describe("Sent with every request over HTTP; write a secret as ${env:NAME}"),
      version: z
        .string()
        .min(1)
        .optional()
        .describe(
          "Your version number for what the server's tools do; without it no answer is reused in another run",
        ),
    })
    .superRefine(({ command, url, headers }, context) => {
      if ((command === undefined) === (url === undefined))
        context.addIssue({ code: "custom", message: "have either command or url" });
      if (headers !== undefined && url === undefined)
        context.addIssue({
          code: "custom",
          path: ["headers"],
          message: "left out: only a server with a url has headers",
        });
    }),
);
export type McpServer = z.output<ReturnType<typeof mcpServerSchema>>;

const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** A tool implemented by an HTTP service: one request per call. */
const httpToolSchema = onFirstUse(() =>
  z
    .strictObject({
      name: z
        .string()
        .regex(TOOL_NAME, "expected at most 64 letters, digits, underscores and hyphens")
        .describe("Name of the tool for the model"),
      description: z.string().default("").describe("What the tool does, for the model"),
      parameters: z
        .record(z.string(), z.unknown())
        .default({ type: "object", properties: {} })
        .describe("JSON Schema of the tool's arguments, an object"),
      reads: z.boolean().default(false).describe("Whether the tool only reads and changes nothing"),
      url: z
        .url({ protocol: /^https?$/ })
        .describe(
          "Address of the service. Its path and query may contain Liquid templates over arguments, input, case.id, trial and clock; values are URL-encoded",
        ),
      method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("POST"),
      headers: z
        .record(z.string().min(1), z.string())
        .default({})
        .describe("Sent with every request; write a secret as ${env:NAME}"),
      body: z
        .unknown()
        .optional()
        .describe(
          "JSON whose strings are Liquid templates with the same values as in url; default: the arguments. Not with GET or DELETE",
        ),
      result: z
        .string()
        .startsWith("$")
        .optional()
        .describe("JSONPath of the result in the reply; default: the whole reply, parsed if it is JSON"),
      version: z
        .string()
        .min(1)
        .optional()
        .describe(
          "Your version number for what the service does; without it no answer is reused in another run",
        ),
    })
    .superRefine(({ method, body }, context) => {
      if ((method === "GET" || method === "DELETE") && body !== undefined)
        context.addIssue({
          code: "custom",
          path: ["body"],
          message: `left out: a ${method} request has no body`,
        });
    }),
);
export type HttpTool = z.output<ReturnType<typeof httpToolSchema>>;

/** A source of tools: a module of the project, an MCP server, or an HTTP service for one tool. */
const toolSourceSchema = onFirstUse(() =>
  z.union([
    z.string().min(1),
    z.strictObject({ mcp: mcpServerSchema() }),
    z.strictObject({ http: httpToolSchema() }),
  ]),
);
export type ToolSource = z.output<ReturnType<typeof toolSourceSchema>>;

/** The limits that stop an agent. A trial that a limit stopped counts as answered, and fails. */
const agentLimitsSchema = onFirstUse(() =>
  z.strictObject({
    steps: z.int().min(1).max(1000).default(20).describe("Maximum number of model calls"),
    tool_calls: z.int().min(0).max(10_000).default(40).describe("Maximum number of tool calls"),
    same_call: z
      .int()
      .min(2)
      .max(10_000)
      .default(3)
      .describe(
        "Number of calls of one tool with the same arguments that counts as a loop; the last of these calls is not run",
      ),
    tokens: z
      .int()
      .min(1)
      .optional()
      .describe("Maximum input and output tokens of all steps together; above it no further step starts"),
    usd: z
      .number()
      .gt(0)
      .optional()
      .describe("Maximum US dollars of all steps together; above it no further step starts"),
    time: Duration.prefault("120s").describe(
      "Maximum time from the first step on; time spent waiting for the model's rate limits does not count",
    ),
  }),
);
export type AgentLimits = z.output<ReturnType<typeof agentLimitsSchema>>;

/** `agent:` in a suite: the model is asked in a loop, and may call tools. */
export const agentSettingsSchema = onFirstUse(() =>
  z.strictObject({
    tools: z
      .array(toolSourceSchema())
      .default([])
      .describe(
        "Modules whose default export is an object of tools; servers of tools as { mcp: … }; a tool over HTTP as { http: … }",
      ),
    recorded: z
      .string()
      .min(1)
      .optional()
      .describe(
        "File of tool results that `evals run --record` wrote, such as fixtures/tools/<suite>.jsonl. With it, tools are not run: their results come from this file",
      ),
    allow: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe("Names of the tools that are offered to the model; default: all tools"),
    limits: agentLimitsSchema()
      .prefault({})
      .describe("Limits that end an agent which does not end by itself"),
  }),
);
export type AgentSettings = z.output<ReturnType<typeof agentSettingsSchema>>;

/** `user:` in a suite: the user's messages, fixed or simulated by a model. */
export const userSettingsSchema = onFirstUse(() =>
  z
    .strictObject({
      turns: z
        .string()
        .regex(/^input(?:[.[]|$)/, "expected a place in the case's input, such as input.turns")
        .optional()
        .describe("Place of the person's messages in the case: a list of texts, or of {say, expect}"),
      prompt: z
        .string()
        .min(1)
        .optional()
        .describe("Prompt of the model that plays the person, for instance users/impatient@^1"),
      model: z.string().min(1).optional().describe("Alias of the model that plays the person"),
      max_turns: z
        .int()
        .min(1)
        .max(200)
        .optional()
        .describe("Maximum number of messages of the person, when a model plays the person; default 12"),
    })
    .superRefine(({ turns, prompt, model, max_turns }, context) => {
      const isPlayed = prompt !== undefined && model !== undefined;
      const isHalfPlayed = !isPlayed && (prompt !== undefined || model !== undefined);
      if (isHalfPlayed || isPlayed === (turns !== undefined))
        context.addIssue({ code: "custom", message: "have either turns, or both prompt and model" });
      if (turns !== undefined && max_turns !== undefined)
        context.addIssue({
          code: "custom",
          path: ["max_turns"],
          message: "left out: written turns end by themselves",
        });
    }),
);
export type UserSettings = z.output<ReturnType<typeof userSettingsSchema>>;

export const DEFAULT_MAX_TURNS = 12;
