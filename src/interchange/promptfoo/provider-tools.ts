import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import { isObject, readSource } from "./config-source.ts";
import { pathOf, type Reading } from "./config-test.ts";
import type { ProviderSpec } from "./provider-spec.ts";

/** A tool that a provider offers to its model. */
export interface OfferedTool {
  readonly name: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Json;
}

/**
 * The tools that all providers of a config offer; undefined when the tools of a provider cannot be read, or when
 * the providers offer different tools.
 */
export function offeredTools(
  specs: readonly ProviderSpec[],
  reading: Reading,
): readonly OfferedTool[] | undefined {
  const all = specs.map(({ config }) => toolsOf(config.tools ?? config.functions, reading));
  const [first] = all;
  return all.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : undefined;
}

function toolsOf(value: Json | undefined, reading: Reading): readonly OfferedTool[] | undefined {
  const list = typeof value === "string" && value.startsWith("file://") ? inFile(value, reading) : value;
  if (!Array.isArray(list)) return undefined;
  const tools = (list as readonly Json[]).map((one): OfferedTool | undefined => {
    const tool = isObject(one) && isObject(one.function) ? one.function : one;
    if (!isObject(tool) || typeof tool.name !== "string") return undefined;
    return { name: tool.name, parameters: tool.parameters ?? tool.input_schema ?? {} };
  });
  return tools.every((tool) => tool !== undefined) ? tools : undefined;
}

/** The content of a JSON or YAML file that a setting names; undefined when it cannot be read. */
export function inFile(named: string, reading: Reading): Json | undefined {
  const path = pathOf(reading, named);
  if (reading.files.kind(path) !== "file" || !/\.(?:json|ya?ml)$/.test(path)) return undefined;
  try {
    return readSource(reading.files.text(path), path).value;
  } catch (error) {
    if (error instanceof EvalsError) return undefined;
    throw error;
  }
}
