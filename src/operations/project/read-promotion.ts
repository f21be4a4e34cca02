/** The content of a promotion's tag, parsed from the lines of its message. */
export interface ReadPromotion {
  /** Path of the project in its repository, `.` at the top; null in a tag that an older evals made. */
  readonly project: string | null;
  readonly why: string | null;
  readonly who: string | null;
  readonly when: string | null;
  /** Files outside the usual folders that define behaviour: scorers, modules, schemas. */
  readonly files: readonly string[];
  readonly suites: readonly {
    readonly suite: string;
    /** The target if the suite has several: an alias, or a prompt as in its baseline's file name; otherwise null. */
    readonly alias: string | null;
    readonly target: string;
    readonly fingerprint: string;
    /** The metrics by name, as texts: `0.914 (0.879 to 0.94)`. */
    readonly metrics: Readonly<Record<string, string>>;
    readonly run: string;
  }[];
}

/** Parses a tag of `evals promote --as`. For any other tag, `suites` is empty. */
export function readPromotion(message: string): ReadPromotion {
  const field = (name: string): string | null =>
    new RegExp(`^${name}: (.*)$`, "m").exec(message)?.[1] ?? null;
  const suites = message
    .split(/^suite: /m)
    .slice(1)
    .map((block) => {
      const [head = ""] = block.split("\n", 1);
      const named = /^(.*) \((.*)\)$/.exec(head);
      const inside = (name: string): string => new RegExp(`^ {2}${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
      return {
        suite: named?.[1] ?? head,
        alias: named?.[2] ?? null,
        target: inside("target"),
        fingerprint: inside("fingerprint"),
        metrics: metricsIn(block),
        run: inside("run"),
      };
    });
  return {
    project: field("project"),
    why: field("why"),
    who: field("who"),
    when: field("when"),
    files: readFiles(field("files")),
    suites,
  };
}

const FACTS = new Set(["target", "fingerprint", "run", "cases"]);

function metricsIn(block: string): Record<string, string> {
  const lines = Array.from(block.matchAll(/^ {2}(\S+): (.*)$/gm), ([, name = "", value = ""]) => [
    name,
    value,
  ]);
  return Object.fromEntries(lines.filter(([name = ""]) => !FACTS.has(name)));
}

function readFiles(text: string | null): string[] {
  try {
    const files: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(files) ? files.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}
