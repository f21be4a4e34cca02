import * as z from "zod";
import { Duration } from "./config.ts";

/** A server of tools that speaks the Model Context Protocol: a program, or an address. */
export const McpServer = z
  .strictObject({
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe("Program and arguments, without a shell; started once a trial, in the project's root"),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("Address of a server over HTTP, instead of a command"),
    headers: z
      .record(z.string().min(1), z.string())
      .optional()
      .describe("Sent with every request over HTTP; ${env:NAME} for what is secret"),
    version: z
      .string()
      .min(1)
      .optional()
      .describe("Stands for what the server does: with it answers are reused across runs"),
  })
  .superRefine(({ command, url, headers }, context) => {
    if ((command === undefined) === (url === undefined))
      context.addIssue({ code: "custom", message: "expected either command or url" });
    if (headers !== undefined && url === undefined)
      context.addIssue({
        code: "custom",
        path: ["headers"],
        message: "only a server with a url has headers",
      });
  });
export type McpServer = z.output<typeof McpServer>;

/** Where tools come from: a module of the project, or a server. */
export const ToolSource = z.union([z.string().min(1), z.strictObject({ mcp: McpServer })]);
export type ToolSource = z.output<typeof ToolSource>;

/** When an agent is stopped that does not end by itself. Such a trial is answered, and fails. */
export const AgentLimits = z.strictObject({
  steps: z.int().min(1).max(1000).default(20).describe("Calls of the model"),
  tool_calls: z.int().min(0).max(10_000).default(40).describe("Calls of tools"),
  same_call: z
    .int()
    .min(2)
    .max(10_000)
    .default(3)
    .describe("The same tool with the same arguments so many times is a loop: the last of them is not run"),
  tokens: z.int().min(1).optional().describe("Input and output of all steps; no step is begun beyond it"),
  usd: z.number().gt(0).optional().describe("US dollars of all steps; no step is begun beyond it"),
  time: Duration.prefault("120s").describe("From the first step on, without waiting for the model's turn"),
});
export type AgentLimits = z.output<typeof AgentLimits>;

/** `agent:` of a suite: a turn loop around its model. */
export const AgentSettings = z.strictObject({
  tools: z
    .array(ToolSource)
    .default([])
    .describe("Modules whose default export is an object of tools; servers as { mcp: … }"),
  allow: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Names of the only tools that are offered; default: all"),
  limits: AgentLimits.prefault({}).describe("What ends an agent that does not end by itself"),
});
export type AgentSettings = z.output<typeof AgentSettings>;

/** `user:` of a suite: what the person says, written down or played by a model. */
export const UserSettings = z
  .strictObject({
    turns: z
      .string()
      .regex(/^input(?:[.[]|$)/, "expected a place in the case's input, such as input.turns")
      .optional()
      .describe("Where in the case the person's messages stand: texts, or {say, expect}"),
    prompt: z
      .string()
      .min(1)
      .optional()
      .describe("Prompt of a model that plays the person: users/impatient@^1"),
    model: z.string().min(1).optional().describe("Alias of the model that plays the person"),
    max_turns: z.int().min(1).max(200).default(12).describe("Messages of a played person at most"),
  })
  .superRefine(({ turns, prompt, model }, context) => {
    const isPlayed = prompt !== undefined || model !== undefined;
    if (turns !== undefined && isPlayed)
      context.addIssue({ code: "custom", message: "expected either turns, or prompt and model" });
    if (turns !== undefined) return;
    for (const [name, value] of Object.entries({ prompt, model }))
      if (value === undefined)
        context.addIssue({ code: "custom", message: `expected ${name} too, or turns: input.turns` });
  });
export type UserSettings = z.output<typeof UserSettings>;
