import type { Json } from "../../domain/json.ts";
import type { SourcePlace } from "../imported.ts";
import type { CaseDraft } from "./cases.ts";
import { asList, isObject } from "./config-source.ts";
import type { Losses } from "./losses.ts";
import type { ProviderSpec } from "./provider-spec.ts";
import type { WrittenPrompt } from "./write-prompts.ts";

/** A model of evalconfig.yaml, with the promptfoo provider from which it was converted. */
export interface ChosenTarget {
  readonly alias: string;
  /** Absent for the placeholder model that stands in for providers that could not be converted. */
  readonly spec?: ProviderSpec | undefined;
}

/** A suite of the import: one prompt, the models to use with it, and the cases for both. */
export interface SuiteGroup {
  readonly prompt: WrittenPrompt;
  readonly aliases: readonly string[];
  /** Case ids; absent for all cases. */
  readonly cases?: readonly string[] | undefined;
}

interface Choosing {
  readonly cases: readonly CaseDraft[];
  readonly prompts: readonly WrittenPrompt[];
  readonly targets: readonly ChosenTarget[];
  /** The alias of a provider named by a test; undefined when the provider is skipped. */
  readonly own: (named: Json, place: SourcePlace) => string | undefined;
  readonly losses: Losses;
}

/**
 * Groups cases by their prompts and providers, because a test may limit both, and a provider may limit prompts.
 * Cases with the same prompt and models form one suite; without limits there is one suite per prompt.
 */
export function suiteGroups({ cases, prompts, targets, own, losses }: Choosing): SuiteGroup[] {
  const chosen = cases.map((one) => ({
    id: one.id,
    asks: promptFilter(one.prompts, prompts, one.test.place, losses),
    aliases: aliasesOf(one, targets, own, losses),
  }));
  return prompts.flatMap((prompt) => {
    const groups = new Map<string, { aliases: readonly string[]; cases: string[] }>();
    for (const { id, asks, aliases } of chosen) {
      if (!asks(prompt)) continue;
      const asked = aliases.filter((alias) => isAskedWith(targets, alias, prompt, prompts, losses));
      if (asked.length === 0) continue;
      const key = asked.join("\n");
      const group = groups.get(key) ?? { aliases: asked, cases: [] };
      group.cases.push(id);
      groups.set(key, group);
    }
    const widest = [...groups.values()].sort((a, b) => b.aliases.length - a.aliases.length);
    return widest.map((group) => ({
      prompt,
      aliases: group.aliases,
      ...(group.cases.length === cases.length ? {} : { cases: group.cases }),
    }));
  });
}

type PromptFilter = (prompt: WrittenPrompt) => boolean;
const EVERY: PromptFilter = () => true;

/** Selects prompts by label, file or text. */
function promptFilter(
  value: Json | undefined,
  prompts: readonly WrittenPrompt[],
  place: SourcePlace,
  losses: Losses,
): PromptFilter {
  const words = asList(value).filter((one) => typeof one === "string");
  if (words.length === 0) return EVERY;
  for (const word of words)
    if (!prompts.some((prompt) => isPrompt(prompt, word)))
      losses.add(place, `prompts: ${word}`, "No imported prompt has this name.");
  return (prompt) => words.some((word) => isPrompt(prompt, word));
}

function isPrompt({ name, source }: WrittenPrompt, word: string): boolean {
  const { name: label, file, text } = source ?? {};
  const written = word.replace(/^file:\/\//, "");
  return [name, label, file, text].some(
    (one) => one !== undefined && (isNamed(one, written) || one.endsWith(`/${written.replace(/^\.\//, "")}`)),
  );
}

/** Matches a name or a prefix: `support:*`. */
function isNamed(name: string, word: string): boolean {
  return word.endsWith("*") ? name.startsWith(word.slice(0, -1)) : name === word;
}

/** The models for a case: the models that the case names, or the case's own provider, or all models. */
function aliasesOf(
  { test, provider, providers }: CaseDraft,
  targets: readonly ChosenTarget[],
  own: Choosing["own"],
  losses: Losses,
): readonly string[] {
  const all = [...new Set(targets.map(({ alias }) => alias))];
  const named = (word: string): string[] =>
    targets.flatMap(({ alias, spec }) =>
      [spec?.id, spec?.label].some((name) => name !== undefined && isNamed(name, word)) ? [alias] : [],
    );
  if (provider !== undefined) {
    const known = typeof provider === "string" ? named(provider) : [];
    const alias = known[0] ?? own(provider, test.place);
    return alias === undefined ? all : [alias];
  }
  const words = asList(providers).flatMap((one) =>
    typeof one === "string" ? [one] : isObject(one) && typeof one.id === "string" ? [one.id] : [],
  );
  if (words.length === 0) return all;
  const found = new Set(words.flatMap(named));
  for (const word of words)
    if (named(word).length === 0)
      losses.add(test.place, `providers: ${word}`, "No imported provider has this name.");
  return all.filter((alias) => found.has(alias));
}

/**
 * Whether a model is asked with a prompt. Each of the model's providers may limit the prompts; one provider that
 * includes the prompt is enough.
 */
function isAskedWith(
  targets: readonly ChosenTarget[],
  alias: string,
  prompt: WrittenPrompt,
  prompts: readonly WrittenPrompt[],
  losses: Losses,
): boolean {
  const own = targets.filter((one) => one.alias === alias);
  return (
    own.length === 0 ||
    own.some(({ spec }) =>
      spec === undefined ? true : promptFilter(spec.prompts, prompts, spec.place, losses)(prompt),
    )
  );
}
