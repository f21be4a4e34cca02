/** A view of the page; each view has an address. */
export type Route =
  | { readonly view: "home" }
  | { readonly view: "run"; readonly key: string; readonly query: string }
  | { readonly view: "case"; readonly key: string; readonly id: string }
  | {
      readonly view: "trial";
      readonly key: string;
      readonly id: string;
      readonly side: "now" | "before";
      readonly trial: number;
    }
  | { readonly view: "matrix"; readonly keys: readonly string[] }
  | { readonly view: "labels" }
  /** A labelling session. `judge` is the judge to label for; null when the suite has at most one judge. */
  | { readonly view: "labelling"; readonly suite: string; readonly judge: string | null }
  | { readonly view: "traffic" }
  | { readonly view: "trace"; readonly id: string };

/** Parses the address after `#`; an unknown address means the start view. */
export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = cutOnce(hash.replace(/^#?\/?/, ""), "?");
  const words = path.split("/").map(decoded);
  const [view, ...rest] = words;
  if (view === "run" && rest[0]) return runRoute(rest[0], rest.slice(1), search);
  if (view === "compare" && rest[0] && rest[1])
    return runRoute(`${rest[0]}..${rest[1]}`, rest.slice(2), search);
  if (view === "matrix" && rest[0]) return { view, keys: rest[0].split(",") };
  if (view === "labels" && rest[0]) return { view: "labelling", suite: rest[0], judge: rest[1] || null };
  if (view === "labels") return { view };
  if (view === "traffic" && rest[0]) return { view: "trace", id: rest[0] };
  if (view === "traffic") return { view };
  return { view: "home" };
}

function runRoute(key: string, [what, id, side, trial]: readonly string[], search: string): Route {
  if (what !== "case" || id === undefined)
    return { view: "run", key, query: new URLSearchParams(search).get("q") ?? "" };
  const number = Number(trial);
  if ((side === "now" || side === "before") && Number.isInteger(number) && number > 0)
    return { view: "trial", key, id, side, trial: number };
  return { view: "case", key, id };
}

/** The address of a view, starting with `#`. */
export function addressOf(route: Route): string {
  switch (route.view) {
    case "home":
      return "#/";
    case "run":
      return `${runAddress(route.key)}${route.query === "" ? "" : `?q=${encodeURIComponent(route.query)}`}`;
    case "case":
      return `${runAddress(route.key)}/case/${encodeURIComponent(route.id)}`;
    case "trial":
      return `${runAddress(route.key)}/case/${encodeURIComponent(route.id)}/${route.side}/${route.trial}`;
    case "matrix":
      return `#/matrix/${route.keys.map(encodeURIComponent).join(",")}`;
    case "labels":
    case "traffic":
      return `#/${route.view}`;
    case "labelling":
      return `#/labels/${[route.suite, route.judge ?? []].flat().map(encodeURIComponent).join("/")}`;
    case "trace":
      return `#/traffic/${encodeURIComponent(route.id)}`;
    default:
      return route satisfies never;
  }
}

/** The address of a view whatever is searched in it. */
export function viewAddress(route: Route): string {
  return addressOf(route.view === "run" ? { ...route, query: "" } : route);
}

function runAddress(key: string): string {
  const [a = "", b] = key.split("..");
  return b === undefined
    ? `#/run/${encodeURIComponent(a)}`
    : `#/compare/${encodeURIComponent(a)}/${encodeURIComponent(b)}`;
}

/** The view that Escape leads to; null for the start view. */
export function parentOf(route: Route): Route | null {
  switch (route.view) {
    case "home":
      return null;
    case "run":
    case "matrix":
    case "labels":
    case "traffic":
      return { view: "home" };
    case "labelling":
      return { view: "labels" };
    case "trace":
      return { view: "traffic" };
    case "case":
      return { view: "run", key: route.key, query: "" };
    case "trial":
      return { view: "case", key: route.key, id: route.id };
    default:
      return route satisfies never;
  }
}

function cutOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index === -1 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
