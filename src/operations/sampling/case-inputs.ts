import type { Json } from "../../domain/json.ts";

/** All texts in a value, in order. */
export function textOfInput(input: Json): string {
  if (typeof input === "string") return input;
  if (input === null || typeof input !== "object") return "";
  return (Array.isArray(input) ? input : Object.values(input as object)).map(textOfInput).join(" ").trim();
}

/**
 * How a dataset stores the user's message: the whole input is the message, or a member of the input. If several
 * members hold a text in every case, the member with the longest texts is the message.
 */
export type InputForm = { readonly kind: "text" } | { readonly kind: "member"; readonly name: string };

/**
 * How a dataset stores the user's message.
 *
 * @param inputs of the dataset's cases; without cases, the message is the whole input
 */
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

/** The input of a case with these messages of the user, in the dataset's form. Several messages become a list, `turns`. */
export function caseInput(said: readonly string[], form: InputForm): Json {
  const [only = "", ...more] = said;
  if (more.length > 0) return { turns: [...said] };
  return form.kind === "text" ? only : { [form.name]: only };
}
