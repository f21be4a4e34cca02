import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { count, plural } from "../../reports/format-numbers.ts";
import type { LabelledSuite } from "../page-documents.ts";
import { LabellingView } from "./labelling-view.tsx";
import { useLoaded } from "./loaded.ts";
import { openLabelling } from "./open-labelling.ts";
import { go, revision } from "./page-state.ts";
import { addressOf, type Route } from "./route.ts";
import type { LiveParts } from "./source.ts";
import { Await } from "./status-lines.tsx";
import { VirtualGrid } from "./virtual-grid.tsx";

/** Lists what can be labelled: each suite, or each judge of a suite that has several judges. */
export function LabelsView({ live }: { live: LiveParts }): JSX.Element {
  const labels = useLoaded(() => live.labels(), [revision.value]);
  return (
    <>
      <h1 tabIndex={-1}>Labels</h1>
      <p>
        People judge answers of a suite's newest run. Their labels say how far a judge can be trusted:{" "}
        <code>evals calibrate</code>.
      </p>
      <Await of={labels}>
        {({ suites }) =>
          suites.length === 0 ? (
            <p>
              No run yet. <code>evals run</code> makes one.
            </p>
          ) : (
            <SuiteList suites={suites} />
          )
        }
      </Await>
    </>
  );
}

const labelling = ({ suite, judge }: LabelledSuite): Route => ({ view: "labelling", suite, judge });

function SuiteList({ suites }: { suites: readonly LabelledSuite[] }): JSX.Element {
  const selected = useSignal(0);
  return (
    <VirtualGrid
      shape="labels"
      label="suites to label"
      count={suites.length}
      selected={selected.value}
      select={(index) => {
        selected.value = index;
      }}
      open={(index) => {
        const one = suites[index];
        if (one !== undefined) go(labelling(one));
      }}
      head={["suite", "labels", "people", "newest run"].map((name) => (
        <span key={name} role="columnheader">
          {name}
        </span>
      ))}
      row={(index) => {
        const one = suites[index];
        return one === undefined ? null : (
          <>
            <span role="gridcell" class="what">
              <a href={addressOf(labelling(one))} tabIndex={-1}>
                {one.suite}
              </a>
              <span class="faint line">{one.judge === null ? "" : `judge ${one.judge}`}</span>
            </span>
            <span role="gridcell">{plural(one.labels, "label")}</span>
            <span role="gridcell">{count(one.raters)}</span>
            <span role="gridcell" class="faint">
              {one.run}
            </span>
          </>
        );
      }}
    />
  );
}

/** A labelling session inside the page. */
export function LabellingSessionView({
  live,
  suite,
  judge,
}: {
  live: LiveParts;
  suite: string;
  judge: string | null;
}): JSX.Element {
  const client = useMemo(
    () => openLabelling(live.labellingPath(suite, judge), "run evals view again"),
    [live, suite, judge],
  );
  useEffect(() => {
    const title = document.title;
    return () => {
      document.title = title;
    };
  }, []);
  return <LabellingView client={client} ends={false} />;
}
