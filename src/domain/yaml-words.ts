/** A mistake that the YAML parser found. */
interface YamlMistake {
  readonly code: string;
  readonly message: string;
}

/** What is wrong with a YAML text, in words for its author: the parser's own speak of its functions. */
export function yamlWords({ code, message }: YamlMistake): string {
  return code === "MULTIPLE_DOCS"
    ? "a second document begins here (---), and only the first one would be read"
    : (message.split("\n")[0] ?? "").replace(/[:.]$/, "");
}
