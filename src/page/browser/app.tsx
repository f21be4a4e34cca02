import type { JSX } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { CaseView } from "./case-view.tsx";
import { Command } from "./command.tsx";
import { commandOf } from "./commands.ts";
import { enterView } from "./focus.ts";
import { HomeView } from "./home-view.tsx";
import { useKeys } from "./keys.ts";
import { LabellingSessionView, LabelsView } from "./labels-view.tsx";
import { MatrixView } from "./matrix-view.tsx";
import { PageFrame } from "./page-frame.tsx";
import { go, goBack, revision, route, searchWanted } from "./page-state.ts";
import { addressOf, type Route, viewAddress } from "./route.ts";
import { RunView } from "./run-view.tsx";
import type { LiveParts, PageSource } from "./source.ts";
import { TraceView, TrafficView } from "./traffic-view.tsx";
import { TrialView } from "./trial-view.tsx";

/** The whole page: the current view, and the command that prints the content of that view. */
export function App({ source }: { source: PageSource }): JSX.Element {
  const here = shownRoute(source, route.value);
  const address = viewAddress(here);
  useEffect(
    () =>
      source.watch(() => {
        revision.value++;
      }),
    [source],
  );
  useKeys([{ keys: ["Escape"], about: "go back", act: () => goBack(!isStart(source, route.value)) }]);
  useLayoutEffect(() => {
    scrollTo(0, 0);
    if (!searchWanted.value) enterView(address);
  }, [address]);
  return (
    <PageFrame trail={<Trail source={source} here={here} />}>
      <main>
        <View source={source} here={here} key={address} />
      </main>
      <footer>
        <Command text={commandOf(here)} key={address} />
      </footer>
    </PageFrame>
  );
}

/** Whether the page has a start view. A file with one run has none: it opens at the run. */
function hasHome({ start }: PageSource): boolean {
  return start.mode === "live" || start.runs.length > 1;
}

/** Whether a view is the one that the page starts with: the list of runs or, in a file with one run, that run. */
function isStart(source: PageSource, asked: Route): boolean {
  const start = shownRoute(source, { view: "home" });
  return viewAddress(shownRoute(source, asked)) === viewAddress(start);
}

function shownRoute(source: PageSource, asked: Route): Route {
  const [first] = source.start.runs;
  const wanted: Route = isLive(asked) && source.live === null ? { view: "home" } : asked;
  if (wanted.view !== "home") return wanted;
  if (!hasHome(source) && first !== undefined) return { view: "run", key: first.key, query: "" };
  return wholeMatrix(source) ?? wanted;
}

/** The matrix on which a page in a file opens, if all runs of the file are targets of one suite; else null. */
function wholeMatrix({ start }: PageSource): (Route & { readonly view: "matrix" }) | null {
  const [matrix] = start.matrices;
  return matrix !== undefined && matrix.targets.length === start.runs.length
    ? { view: "matrix", keys: matrix.targets.map(({ run }) => run) }
    : null;
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
    case "labelling":
    case "traffic":
    case "trace":
      return source.live === null ? (
        <HomeView source={source} />
      ) : (
        <LiveView live={source.live} here={here} />
      );
    default:
      return here satisfies never;
  }
}

/** A view that needs the program which serves the page; a page in a file does not have such views. */
type LiveRoute = Route & { readonly view: "labels" | "labelling" | "traffic" | "trace" };

function isLive({ view }: Route): boolean {
  return view === "labels" || view === "labelling" || view === "traffic" || view === "trace";
}

function LiveView({ live, here }: { live: LiveParts; here: LiveRoute }): JSX.Element {
  switch (here.view) {
    case "labels":
      return <LabelsView live={live} />;
    case "labelling":
      return <LabellingSessionView live={live} suite={here.suite} judge={here.judge} />;
    case "traffic":
      return <TrafficView live={live} />;
    case "trace":
      return <TraceView live={live} id={here.id} />;
    default:
      return here satisfies never;
  }
}

/** The path from the start view to the current view, as links. */
function Trail({ source, here }: { source: PageSource; here: Route }): JSX.Element {
  const steps: { readonly text: string; readonly to: Route }[] = [];
  const startsAtMatrix = wholeMatrix(source) !== null;
  if (hasHome(source)) steps.push({ text: startsAtMatrix ? "comparison" : "runs", to: { view: "home" } });
  if (here.view === "matrix" && !startsAtMatrix) steps.push({ text: "matrix", to: here });
  if (here.view === "labels" || here.view === "labelling")
    steps.push({ text: "labels", to: { view: "labels" } });
  if (here.view === "labelling")
    steps.push({ text: [here.suite, here.judge ?? []].flat().join(" · "), to: here });
  if (here.view === "traffic" || here.view === "trace")
    steps.push({ text: "traffic", to: { view: "traffic" } });
  if (here.view === "trace") steps.push({ text: here.id, to: here });
  if ("key" in here) steps.push({ text: here.key, to: { view: "run", key: here.key, query: "" } });
  if (here.view === "case" || here.view === "trial")
    steps.push({ text: here.id, to: { view: "case", key: here.key, id: here.id } });
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
