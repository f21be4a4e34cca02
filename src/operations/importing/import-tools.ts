import * as z from "zod";
import { EvalsError, SettingMistake } from "../../domain/problem.ts";
import type { ImportTools } from "../../interchange/imported.ts";
import type { FramedScorer } from "../../scorers/define-scorer.ts";
import { scorers } from "../../scorers/registry.ts";
import { compileTemplate } from "../../templates/compile-template.ts";

/** Access to scorers and templates for importers. @param root absolute path of the project that is imported into */
export function importTools(root: string): ImportTools {
  return {
    renderLiquid: async (source, scope) => (await compileTemplate(source))(scope),
    refuses: async (entry, operand) => {
      const definition = await scorers.load(String(entry.type));
      if (definition === undefined) return `there is no scorer ${String(entry.type)}`;
      const settings = definition.settings.safeParse({
        ...entry,
        ...(operand === undefined ? {} : { against: "expected" }),
      });
      if (!settings.success) return z.prettifyError(settings.error);
      let open: FramedScorer | undefined;
      try {
        open = (await definition.open(settings.data, { root, env: {}, concurrency: 1 })) as FramedScorer;
        return operand === undefined
          ? undefined
          : open.refuses({ id: "-", input: null, expected: operand, tags: [], metadata: {} });
      } catch (error) {
        if (error instanceof SettingMistake) return error.problem.what;
        if (error instanceof EvalsError) return error.problems[0]?.what;
        throw error;
      } finally {
        await open?.close?.();
      }
    },
  };
}
