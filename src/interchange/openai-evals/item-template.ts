import type { Json } from "../../domain/json.ts";
import { isObject, type JsonObject } from "../reading/json-fields.ts";
import { literal, member } from "../writing/role-lines.ts";

/** Matches `{{ item.question }}`, `{{ sample.output_text }}`. */
const PLACE = /\{\{-?\s*(item|sample)((?:\.[\w-]+|\[\d+\]|\["[^"\]]+"\]|\['[^'\]]+'\])*)\s*-?\}\}/;

/**
 * Whether all items of an eval have a value at a path, and whether none of these values is a list or object. A template
 * needs this to handle missing values.
 */
export interface ItemShapes {
  /** @param path names of the members that lead from the item to the value */
  at(path: readonly string[]): { readonly always: boolean; readonly plain: boolean };
}

export function itemShapes(items: readonly JsonObject[]): ItemShapes {
  const known = new Map<string, { always: boolean; plain: boolean }>();
  return {
    at: (path) => {
      const key = JSON.stringify(path);
      let shape = known.get(key);
      if (shape === undefined) {
        const values = items.map((item) => valueAt(item, path));
        shape = {
          always: values.every((value) => value !== undefined && value !== null),
          plain: values.every((value) => value === null || typeof value !== "object"),
        };
        known.set(key, shape);
      }
      return shape;
    },
  };
}

export function valueAt(item: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((here, step) => {
    if (Array.isArray(here)) return (here as readonly Json[])[Number(step)];
    return isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  }, item);
}

/** The path, when a template is exactly one variable of the item; undefined for any other template. */
export function soleItemPath(template: string): readonly string[] | undefined {
  const [whole, root, rest] = PLACE.exec(template.trim()) ?? [];
  return root === "item" && whole === template.trim() ? stepsOf(rest ?? "") : undefined;
}

export const isWholeAnswer = (template: string): boolean =>
  /^\{\{-?\s*sample\.output_text\s*-?\}\}$/.test(template.trim());

const stepsOf = (path: string): string[] =>
  Array.from(
    path.matchAll(/\.([\w-]+)|\[(\d+)\]|\["([^"\]]+)"\]|\['([^'\]]+)'\]/g),
    ([, name, index, double, single]) => name ?? index ?? double ?? single ?? "",
  );

/**
 * Converts a template of the hosted API to Liquid: the item is the case's input, and missing values are empty text.
 *
 * @param answer replaces `sample.output_text`; undefined when there is no answer yet
 * @param unknown called with each unknown `{{ … }}`, which is kept as text
 */
export function liquidTemplate(
  text: string,
  {
    shapes,
    answer,
    unknown,
  }: { shapes: ItemShapes; answer: string | undefined; unknown: (part: string) => void },
): string {
  return text
    .split(/(\{\{[^}]*\}\})/)
    .map((part) => {
      const [whole, root, rest = ""] = PLACE.exec(part) ?? [];
      if (whole === undefined || whole !== part) {
        if (/^\{\{[^}]*\}\}$/.test(part)) unknown(part);
        return literal(part);
      }
      const steps = stepsOf(rest);
      if (root === "sample") {
        if (steps.length === 1 && steps[0] === "output_text" && answer !== undefined)
          return `{{ ${answer} }}`;
        unknown(part);
        return literal(part);
      }
      return printed(steps, shapes);
    })
    .join("");
}

function printed(steps: readonly string[], shapes: ItemShapes): string {
  const { always, plain } = shapes.at(steps);
  const path = steps.reduce(
    (parent, step) => (/^\d+$/.test(step) ? `${parent}[${step}]` : member(parent, step)),
    "input",
  );
  if (plain) return `{{ ${path}${always ? "" : ' | default: ""'} }}`;
  const whole = `{{ ${path} | json }}`;
  return always ? whole : `{% if ${path} %}${whole}{% endif %}`;
}
