import type { RE2JS } from "re2js";
import type { ExactJson } from "../../domain/exact-json.ts";
import type { Select } from "../../domain/suite.ts";
import { shorten } from "./brief.ts";
import { parseAnswer, Unselectable } from "./parse-answer.ts";
import { parsePath, walk } from "./parse-path.ts";
import { badJsonPath, unknownGroup } from "./scorer-mistakes.ts";

/** Selects the part of an answer that a scorer reads. */
export type PartSelector = (answer: string) => ExactJson | Unselectable;

/**
 * Compiles `select`; undefined selects the whole text. JSONPath and RE2 are loaded only when a selector needs them.
 *
 * @throws {SettingMistake}
 */
export async function compileSelect(select: Select | undefined): Promise<PartSelector> {
  if (select === undefined) return (answer) => answer;
  if ("json" in select) {
    const { find } = await compileJsonPath(select.json, ["select", "json"]);
    return (answer) => {
      const value = parseAnswer(answer);
      return value instanceof Unselectable ? value : find(value);
    };
  }
  return selectByRegex(select);
}

/** A simple path such as `$.a.b[0]`, which needs no JSONPath engine. */
const PLAIN = /^\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\[(?:0|[1-9]\d*)\])*$/;

export interface CompiledJsonPath {
  find(value: ExactJson): ExactJson | Unselectable;
  /** Whether the path finds at most one value; otherwise `find` returns a list. */
  readonly singular: boolean;
}

/**
 * Compiles an RFC 9535 JSONPath. A singular query (`$.a[0]`) returns its value; any other returns a list of all
 * matches, possibly empty.
 *
 * @throws {SettingMistake} EVALS_SCORER_JSONPATH
 */
export async function compileJsonPath(
  path: string,
  at: readonly (string | number)[],
): Promise<CompiledJsonPath> {
  const missing = new Unselectable(`${path} is not in the answer`);
  if (PLAIN.test(path)) {
    const steps = path === "$" ? [] : (parsePath(path.slice(path[1] === "." ? 2 : 1)) ?? []);
    const find = (value: ExactJson) => {
      const found = walk(value, steps);
      return found === undefined ? missing : found;
    };
    return { find, singular: true };
  }
  const { compileJsonQuery, JsonQueryMistake } = await import("../../domain/json-query.ts");
  try {
    const { singular, values } = compileJsonQuery(path);
    const find = (value: ExactJson) => {
      const found = values(value) as ExactJson[];
      if (!singular) return found;
      return found[0] === undefined ? missing : found[0];
    };
    return { find, singular };
  } catch (error) {
    if (!(error instanceof JsonQueryMistake)) throw error;
    throw badJsonPath(at, path, error.message, error.position);
  }
}

async function selectByRegex(select: Extract<Select, { regex: string }>): Promise<PartSelector> {
  const { compileRegex } = await import("./linear-regex.ts");
  const regex = compileRegex(select.regex, ["select", "regex"]);
  const group = groupOf(regex, select);
  const missing = new Unselectable(`nothing in the answer matches /${shorten(select.regex)}/`);
  return (answer) => {
    const matcher = regex.matcher(answer);
    let found: string | null | undefined;
    let isOfText = false;
    while (matcher.find()) {
      const hasText = matcher.end() > matcher.start();
      // `(.*)` also matches the empty text at the end; empty matches count only if no match has text.
      if (isOfText && !hasText) continue;
      if (hasText || found === undefined || select.take === "last") found = matcher.group(group);
      isOfText ||= hasText;
      if (isOfText && select.take !== "last") break;
    }
    if (found === undefined) return missing;
    return (
      found ??
      new Unselectable(
        `group ${group} of /${shorten(select.regex)}/ matched nothing, although the expression matched`,
      )
    );
  };
}

function groupOf(regex: RE2JS, select: Extract<Select, { regex: string }>): string | number {
  const { group } = select;
  if (group === undefined) return regex.groupCount() > 0 ? 1 : 0;
  const known =
    typeof group === "number" ? group <= regex.groupCount() : Object.hasOwn(regex.namedGroups(), group);
  if (!known) throw unknownGroup(group, select.regex);
  return group;
}
