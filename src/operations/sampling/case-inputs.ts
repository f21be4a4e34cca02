import type { Json } from "../../domain/json.ts";

/** All that people say in a value: its texts, in their order. */
export function textOfInput(input: Json): string {
  if (typeof input === "string") return input;
  if (input === null || typeof input !== "object") return "";
  return (Array.isArray(input) ? input : Object.values(input as object)).map(textOfInput).join(" ").trim();
}

/**
 * How a dataset writes what a person says: as the input itself, or under the member that holds it in every case, the longest where
 * several do.
 */
export type InputForm = { readonly kind: "text" } | { readonly kind: "member"; readonly name: string };

/** @param inputs of the dataset's cases; without any a text is the input itself */
export function inputForm(inputs: Iterable<Json>): InputForm {
  let lengths: Map<string, number> | undefined;
  for (const input of inputs) {
    if (input === null || typeof input !== "object" || Array.isArray(input)) return { kind: "text" };
    const texts = Object.entries(input).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value.length] as const] : [],
    );
    lengths = new Map(
      texts.flatMap(([name, length]) => {
        const before = lengths === undefined ? 0 : lengths.get(name);
        return before === undefined ? [] : [[name, before + length] as const];
      }),
    );
  }
  const [longest] = [...(lengths ?? [])].sort(([, a], [, b]) => b - a);
  return longest === undefined ? { kind: "text" } : { kind: "member", name: longest[0] };
}

/** What a person said as a case of the dataset asks it. Of several turns the whole list goes under `turns`. */
export function caseInput(said: readonly string[], form: InputForm): Json {
  const [only = "", ...more] = said;
  if (more.length > 0) return { turns: [...said] };
  return form.kind === "text" ? only : { [form.name]: only };
}
