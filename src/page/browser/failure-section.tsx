import type { JSX } from "preact";
import type { FailureCount } from "../../domain/failure.ts";
import type { FailureGrowth, RunReport } from "../../domain/report.ts";
import { count, percent, plural, points } from "../../reports/format-numbers.ts";
import { go } from "./page-state.ts";
import { addressOf, type Route } from "./route.ts";

/** Why trials failed: each class with its change against the baseline and its groups of similar failures. */
export function FailureSection({
  report,
  runKey,
}: {
  report: RunReport;
  runKey: string;
}): JSX.Element | null {
  const classes = Object.entries(report.failures ?? {}) as [string, FailureCount][];
  if (classes.length === 0) return null;
  const compared = report.comparison?.failures !== undefined;
  const grown = new Map(report.comparison?.failures?.map((one) => [one.class as string, one]));
  return (
    <section aria-label="why trials failed">
      <h2>Why trials failed</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">class</th>
              <th scope="col" class="number">
                trials
              </th>
              <th scope="col" class="number">
                cases
              </th>
              {compared ? <th scope="col">against the baseline</th> : null}
            </tr>
          </thead>
          <tbody>
            {classes.map(([name, { trials, cases }]) => (
              <tr key={name}>
                <th scope="row">
                  <Link to={{ view: "run", key: runKey, query: `class:${name}` }}>{name}</Link>
                </th>
                <td class="number">{count(trials)}</td>
                <td class="number">{count(cases.length)}</td>
                {compared ? <td>{growthText(grown.get(name))}</td> : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {classes.map(([name, { clusters }]) => (
        <Clusters key={name} name={name} clusters={clusters} runKey={runKey} />
      ))}
    </section>
  );
}

/** The share of trials that failed with one class, in the baseline and in this run. */
function growthText(grown: FailureGrowth | undefined): JSX.Element | string {
  if (grown === undefined) return "did not grow";
  const { baseline, candidate, delta, significant } = grown;
  return (
    <>
      <span class={significant ? "bad" : ""}>
        {percent(baseline)} → {percent(candidate)} of trials, {points(delta)} points
      </span>
      {significant ? "" : ", perhaps by chance"}
    </>
  );
}

interface ClustersProps {
  readonly name: string;
  readonly clusters: FailureCount["clusters"];
  readonly runKey: string;
}

/** Groups of similar failures. Each group is shown by its size and its most typical trial. */
function Clusters({ name, clusters, runKey }: ClustersProps): JSX.Element | null {
  if (clusters.length === 0) return null;
  return (
    <>
      <h3>{name}</h3>
      <ul class="clusters">
        {clusters.map(({ trials, case: id, trial, evidence }) => (
          <li key={`${id} ${trial}`}>
            {plural(trials, "trial")} like{" "}
            <Link to={{ view: "trial", key: runKey, id, side: "now", trial }}>
              {id}/{trial}
            </Link>
            : {evidence}
          </li>
        ))}
      </ul>
    </>
  );
}

function Link({
  to,
  children,
}: {
  to: Route;
  children: JSX.Element | string | (string | number)[];
}): JSX.Element {
  return (
    <a
      href={addressOf(to)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
