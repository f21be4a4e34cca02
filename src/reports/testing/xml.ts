/**
 * An element as a small, strict XML reader reads it. The reader is sufficient to check that a report is
 * well-formed.
 */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const REFERENCES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decoded(text: string): string {
  if (text.includes("<") || text.includes("]]>")) throw new Error(`raw markup in ${text.slice(0, 80)}`);
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const letter = REFERENCES[name];
    if (letter === undefined || !whole.endsWith(";")) throw new Error(`unknown reference ${whole}`);
    return letter;
  });
}

/** @throws when the text is not one well-formed XML 1.0 document of elements, attributes and text */
export function parseXml(text: string): XmlElement {
  const bad = UNWRITABLE.exec(text);
  if (bad !== null) throw new Error(`U+${bad[0].codePointAt(0)?.toString(16)} is not an XML character`);
  const root: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  const token = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  for (let at = 0; at < body.length; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(body);
    if (match === null) throw new Error(`not well-formed at ${body.slice(at, at + 80)}`);
    const [, closing, name = "", attributes = "", alone, words] = match;
    const top = open.at(-1) ?? root;
    if (words !== undefined) top.text += decoded(words);
    else if (closing === "/") {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      const found = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)];
      const element: XmlElement = {
        name,
        attributes: Object.fromEntries(found.map(([, key = "", value = ""]) => [key, decoded(value)])),
        children: [],
        text: "",
      };
      if (Object.keys(element.attributes).length !== found.length) throw new Error("an attribute twice");
      top.children.push(element);
      if (alone !== "/") open.push(element);
    }
  }
  const [only, second] = root.children;
  if (open.length !== 1 || only === undefined || second !== undefined) throw new Error("not one element");
  return only;
}

/** All elements of a name below an element, in order. */
export function elementsOf(element: XmlElement, name: string): XmlElement[] {
  return [
    ...(element.name === name ? [element] : []),
    ...element.children.flatMap((child) => elementsOf(child, name)),
  ];
}
