import { stringify } from "yaml";
import { hashJson, type Json } from "../../domain/json.ts";
import type { SourcePlace } from "../imported.ts";
import type { Models } from "./models.ts";
import type { JudgeDraft } from "./plan.ts";
import type { ProjectFiles } from "./project-files.ts";
import type { ProviderHelp } from "./provider-spec.ts";
import { slugOf, UniqueNames } from "./slug.ts";
import { toLiquid } from "./templates/nunjucks-to-liquid.ts";
import { escaped } from "./write-prompt.ts";

/** The judges created by an import, without duplicates. */
export class JudgeFiles {
  readonly #names = new UniqueNames();
  readonly #known = new Map<string, string>();
  readonly #help: ProviderHelp;
  readonly #models: Models;
  readonly #files: ProjectFiles;

  constructor(models: Models, help: ProviderHelp) {
    this.#models = models;
    this.#files = help.files;
    this.#help = help;
  }

  get count(): number {
    return this.#known.size;
  }

  /**
   * Adds a judge and returns its name.
   *
   * @param tests variables of the tests, for converting the judge's templates
   * @throws {Untranslatable} for a template that Liquid cannot express
   */
  name(
    draft: JudgeDraft,
    tests: readonly Readonly<Record<string, Json>>[],
    metric: string | undefined,
    place: SourcePlace,
  ): string {
    const body = draft.body === "" ? "" : escaped(toLiquid(draft.body, tests));
    const settings = criteriaInLiquid(draft.settings, tests);
    const model = this.#models.grader(draft.model, place, this.#help);
    const key = hashJson({ settings, body, model });
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = this.#names.take(slugOf(metric ?? draft.body, 40) || String(draft.settings.kind));
    const front = { ...settings, model, description: `Imported from ${place.path}:${place.line}.` };
    this.#files.add(
      `judges/${name}/1.0.0.md`,
      `---\n${stringify(front, { lineWidth: 0 })}---\n${body === "" ? "" : `${body}\n`}`,
    );
    this.#known.set(key, name);
    return name;
  }
}

function criteriaInLiquid(
  settings: JudgeDraft["settings"],
  tests: readonly Readonly<Record<string, Json>>[],
): JudgeDraft["settings"] {
  if (!Array.isArray(settings.criteria)) return settings;
  const criteria = (settings.criteria as readonly { readonly [key: string]: Json }[]).map((one) => ({
    ...one,
    text: toLiquid(String(one.text), tests),
  }));
  return { ...settings, criteria };
}
