/** A tag of a template: an output, a block tag or a comment, with the marks around it, such as `{{` and `}}`. */
export interface TemplateTag {
  readonly text: string;
  /** Position in the template, in UTF-16 units from 0. */
  readonly at: number;
}

/** The marks that begin a tag in a template language, each with its end mark. Liquid has no marks for comments. */
export const LIQUID: Readonly<Record<string, string>> = { "{{": "}}", "{%": "%}" };
export const NUNJUCKS: Readonly<Record<string, string>> = { ...LIQUID, "{#": "#}" };

/**
 * The tags of a template, in order. A tag that is never closed is text. The time is linear in the length of the
 * template, even with thousands of unclosed tags; a regular expression would search for the end of each of them again.
 *
 * @param indexOf for tests
 */
export function templateTags(
  template: string,
  ends: Readonly<Record<string, string>>,
  indexOf = (mark: string, from: number): number => template.indexOf(mark, from),
): TemplateTag[] {
  const tags: TemplateTag[] = [];
  /** End marks that do not occur in the rest of the template. */
  const gone = new Set<string>();
  for (let at = indexOf("{", 0); at !== -1; at = indexOf("{", at)) {
    const end = ends[template.slice(at, at + 2)];
    const found = end === undefined || gone.has(end) ? -1 : indexOf(end, at + 2);
    if (end !== undefined && found === -1) gone.add(end);
    if (end === undefined || found === -1) {
      at++;
      continue;
    }
    tags.push({ text: template.slice(at, found + 2), at });
    at = found + 2;
  }
  return tags;
}

/** The texts between the tags of a template. */
export function textsBetweenTags(template: string, ends: Readonly<Record<string, string>>): string[] {
  const texts: string[] = [];
  let from = 0;
  for (const { text, at } of templateTags(template, ends)) {
    texts.push(template.slice(from, at));
    from = at + text.length;
  }
  texts.push(template.slice(from));
  return texts;
}
