import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { CaseView } from "./case-view.tsx";
import { Command } from "./command.tsx";
import { commandOf } from "./commands.ts";
import { HomeView } from "./home-view.tsx";
import { useKeys } from "./keys.ts";
import { MatrixView } from "./matrix-view.tsx";
import { PageFrame } from "./page-frame.tsx";
import { go, goBack, revision, route, searchWanted } from "./page-state.ts";
import { addressOf, type Route } from "./route.ts";
import { RunView } from "./run-view.tsx";
import type { PageSource } from "./source.ts";
import { TrialView } from "./trial-view.tsx";

/** The whole page: the current view, and the command that shows the same. */
export function App({ source }: { source: PageSource }): JSX.Element {
  const here = shownRoute(source, route.value);
  const main = useRef<HTMLElement>(null);
  useEffect(
    () =>
      source.watch(() => {
        revision.value++;
      }),
    [source],
  );
  useKeys([{ keys: ["Escape"], about: "go back", act: () => goBack(hasHome(source)) }]);
  const address = addressOf(here.view === "run" ? { ...here, query: "" } : here);
  useEffect(() => {
    scrollTo(0, 0);
    if (!searchWanted.value) main.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [address]);
  return (
    <PageFrame trail={<Trail source={source} here={here} />}>
      <main ref={main}>
        <View source={source} here={here} key={address} />
      </main>
      <footer>
        <Command text={commandOf(here)} key={address} />
      </footer>
    </PageFrame>
  );
}

/** A file of one run has no home: its run is where it begins. */
function hasHome({ start }: PageSource): boolean {
  return start.mode === "live" || start.runs.length > 1;
}

function shownRoute(source: PageSource, wanted: Route): Route {
  const [first] = source.start.runs;
  return wanted.view === "home" && !hasHome(source) && first !== undefined
    ? { view: "run", key: first.key, query: "" }
    : wanted;
}

function View({ source, here }: { source: PageSource; here: Route }): JSX.Element {
  switch (here.view) {
    case "home":
      return <HomeView source={source} />;
    case "run":
      return <RunView source={source} runKey={here.key} query={here.query} />;
    case "case":
      return <CaseView source={source} runKey={here.key} id={here.id} />;
    case "trial":
      return <TrialView source={source} where={here} />;
    case "matrix":
      return <MatrixView source={source} keys={here.keys} />;
    case "labels":
      return <HomeView source={source} />;
    default:
      return here satisfies never;
  }
}

/** Where one is, as links outwards. */
function Trail({ source, here }: { source: PageSource; here: Route }): JSX.Element {
  const steps: { readonly text: string; readonly to: Route }[] = [];
  if (hasHome(source)) steps.push({ text: "runs", to: { view: "home" } });
  if (here.view === "matrix") steps.push({ text: "matrix", to: here });
  if ("key" in here) steps.push({ text: here.key, to: { view: "run", key: here.key, query: "" } });
  if ("id" in here) steps.push({ text: here.id, to: { view: "case", key: here.key, id: here.id } });
  if (here.view === "trial") steps.push({ text: `trial ${here.trial}`, to: here });
  return (
    <nav aria-label="where you are">
      <ol>
        {steps.map(({ text, to }, at) => (
          <li key={text}>
            {at === steps.length - 1 ? (
              <span aria-current="page">{text}</span>
            ) : (
              <a
                href={addressOf(to)}
                onClick={(event) => {
                  event.preventDefault();
                  go(to);
                }}
              >
                {text}
              </a>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
