import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { count, dollars, duration, percent, plural } from "../../reports/format-numbers.ts";
import { differenceSentences } from "../../reports/matrix-words.ts";
import { intervalText } from "../../reports/metric-rows.ts";
import type { PageMatrix, RunDocument } from "../page-documents.ts";
import { CaseColumns } from "./case-columns.ts";
import { OutcomeWord } from "./home-view.tsx";
import { useLoaded } from "./loaded.ts";
import { Marks } from "./marks.tsx";
import { Scroll } from "./metric-table.tsx";
import { go, revision } from "./page-state.ts";
import { addressOf } from "./route.ts";
import { SearchField } from "./search-field.tsx";
import type { PageSource } from "./source.ts";
import { Await } from "./status-lines.tsx";
import { VirtualGrid } from "./virtual-grid.tsx";

interface Target {
  readonly run: RunDocument;
  readonly columns: CaseColumns;
}

/** A matrix with a row for each case and a column for each target: trials in the cells, pass rates above them. */
export function MatrixView({ source, keys }: { source: PageSource; keys: readonly string[] }): JSX.Element {
  const targets = useLoaded(
    () =>
      Promise.all(
        keys.map(
          async (key): Promise<Target> => ({
            run: await source.run(key),
            columns: new CaseColumns(await source.index(key)),
          }),
        ),
      ),
    [keys.join(), revision.value],
  );
  return (
    <Await of={targets} heading={<h1 tabIndex={-1}>Runs {keys.join(", ")}</h1>}>
      {(known) => <Matrix targets={known} compared={comparedOf(source, keys)} />}
    </Await>
  );
}

/** The matrix that a page in a file has for these runs; undefined when the user chose the runs on the page. */
function comparedOf({ start }: PageSource, keys: readonly string[]): PageMatrix | undefined {
  return start.matrices.find(({ targets }) => targets.map(({ run }) => run).join() === keys.join());
}

/** The ids of the cases of all targets, in the order of their first occurrence. */
export function idsOf(targets: readonly { readonly columns: CaseColumns }[]): string[] {
  const ids = new Set<string>();
  for (const { columns } of targets)
    for (let index = 0; index < columns.size; index++) ids.add(columns.idOf(index));
  return [...ids];
}

/** The share of passed trials of a case for each target; null for a target that has no answer to the case. */
function sharesOf(targets: readonly Target[], id: string): (number | null)[] {
  return targets.map(({ columns }) => {
    const index = columns.placeOf(id);
    return index === undefined ? null : columns.shareOf(index);
  });
}

/** Least widths of columns in pixels. */
const CASE_WIDTH = 180;
const TARGET_WIDTH = 130;

/** A target's name in two lines, prompt above model, because targets often differ only at the end of their names. */
function HeadCell({ name }: { name: string }): JSX.Element {
  const [prompt, ...model] = name.split(" · ");
  return (
    <span role="columnheader" class="what" title={name}>
      <span>{prompt}</span>
      {model.length === 0 ? null : <span>{model.join(" · ")}</span>}
    </span>
  );
}

interface MatrixProps {
  readonly targets: readonly Target[];
  readonly compared: PageMatrix | undefined;
}

function Matrix({ targets, compared }: MatrixProps): JSX.Element {
  const query = useSignal("");
  const selected = useSignal(-1);
  const ids = useMemo(() => idsOf(targets), [targets]);
  const hits = useMemo(() => foundIds(targets, ids, query.value), [targets, ids, query.value]);
  const suites = [...new Set(targets.map(({ run }) => run.summary.suite))];
  return (
    <>
      <h1 tabIndex={-1}>
        {plural(targets.length, "target")} of {suites.join(", ")}
      </h1>
      {suites.length === 1 ? null : (
        <p>These runs are of several suites, whose scorers may differ: their rates are not compared.</p>
      )}
      <TargetTable targets={targets} compared={compared} several={suites.length > 1} />
      {compared === undefined ? null : <Differences compared={compared} />}
      <section aria-label="cases">
        <h2>Cases</h2>
        <SearchField
          value={query.value}
          change={(text) => {
            query.value = text;
            selected.value = -1;
          }}
          enter={() => {
            selected.value = foundIds(targets, ids, query.value).length > 0 ? 0 : -1;
            document.querySelector<HTMLElement>(".grid")?.focus({ preventScroll: true });
          }}
          placeholder="search: id, tag or input; type differ to find cases on which targets differ"
          status={`${hits.length === ids.length ? "" : `${count(hits.length)} of `}${plural(ids.length, "case")}`}
        />
        <VirtualGrid
          shape="matrix"
          label="cases by targets"
          count={hits.length}
          selected={selected.value}
          select={(index) => {
            selected.value = index;
          }}
          open={(index) => {
            const id = hits[index];
            const target = targets.find(
              ({ columns }) => id !== undefined && columns.placeOf(id) !== undefined,
            );
            if (id !== undefined && target !== undefined) go({ view: "case", key: target.run.key, id });
          }}
          minWidth={CASE_WIDTH + targets.length * TARGET_WIDTH}
          head={[
            <span key="" role="columnheader">
              case
            </span>,
            ...targets.map((target, at) => (
              <HeadCell key={target.run.key} name={nameOf(target, compared, at, suites.length > 1)} />
            )),
          ]}
          row={(index) => <MatrixCells targets={targets} id={hits[index] ?? ""} />}
        />
      </section>
    </>
  );
}

/**
 * A target's name, with its suite where there are several. If the differences are shown, it is the name that their
 * sentences use.
 */
const nameOf = (
  { run: { summary } }: Target,
  compared: PageMatrix | undefined,
  at: number,
  several: boolean,
): string =>
  compared?.targets[at]?.name ?? (several ? `${summary.suite} · ${summary.target}` : summary.target);

/** The significant differences between targets, in the same sentences as in the terminal and in Markdown. */
function Differences({ compared }: { compared: PageMatrix }): JSX.Element | null {
  const [first, ...others] = differenceSentences(compared);
  if (first === undefined) return null;
  return (
    <section aria-label="differences">
      <h2>Differences</h2>
      <p>{`${first.charAt(0).toUpperCase()}${first.slice(1)}`}</p>
      {others.length === 0 ? null : (
        <ul>
          {others.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/**
 * The cases that a search finds. Every word must be in id, tags or input; `differ` finds cases whose pass rate
 * differs between targets.
 */
function foundIds(targets: readonly Target[], ids: readonly string[], query: string): readonly string[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return ids;
  return ids.filter((id) =>
    words.every((word) => (word === "differ" ? differs(targets, id) : containsWord(targets, id, word))),
  );
}

function differs(targets: readonly Target[], id: string): boolean {
  const known = sharesOf(targets, id).filter((share) => share !== null);
  return new Set(known).size > 1;
}

function containsWord(targets: readonly Target[], id: string, word: string): boolean {
  if (id.toLowerCase().includes(word)) return true;
  return targets.some(({ columns }) => {
    const index = columns.placeOf(id);
    if (index === undefined) return false;
    return [columns.inputOf(index), ...columns.tagsOf(index)].some((text) =>
      text.toLowerCase().includes(word),
    );
  });
}

function MatrixCells({ targets, id }: { targets: readonly Target[]; id: string }): JSX.Element {
  const shares = sharesOf(targets, id);
  const best = Math.max(...shares.map((share) => share ?? 0));
  return (
    <>
      <span role="gridcell" class="what">
        <span>{id}</span>
        <span class="faint line">{inputOf(targets, id)}</span>
      </span>
      {targets.map(({ run, columns }, at) => {
        const index = columns.placeOf(id);
        const share = shares[at] ?? null;
        return (
          <span key={run.key} role="gridcell" class={share !== null && share < best ? "less" : ""}>
            {index === undefined ? (
              <span class="faint">not asked</span>
            ) : (
              <a href={addressOf({ view: "case", key: run.key, id })} tabIndex={-1}>
                <Marks name={run.summary.target} marks={columns.marksOf(index)} />
              </a>
            )}
          </span>
        );
      })}
    </>
  );
}

function inputOf(targets: readonly Target[], id: string): string {
  for (const { columns } of targets) {
    const index = columns.placeOf(id);
    if (index !== undefined) return columns.inputOf(index);
  }
  return "";
}

function TargetTable({
  targets,
  compared,
  several,
}: MatrixProps & { readonly several: boolean }): JSX.Element {
  return (
    <Scroll label="targets">
      <table class="targets">
        <thead>
          <tr>
            <th scope="col">target</th>
            <th scope="col">gate</th>
            <th scope="col" class="number">
              pass rate
            </th>
            <th scope="col" class="number">
              95 %
            </th>
            <th scope="col" class="number">
              cost
            </th>
            <th scope="col" class="number">
              p95
            </th>
            <th scope="col">run</th>
          </tr>
        </thead>
        <tbody>
          {targets.map((target, at) => {
            const { key, summary, report } = target.run;
            const rate = report.metrics.pass_rate;
            const late = report.metrics.latency_p95?.value ?? null;
            return (
              <tr key={key}>
                <th scope="row">{nameOf(target, compared, at, several)}</th>
                <td>
                  {summary.outcome === "not_gated" ? (
                    <span class="faint">not gated</span>
                  ) : (
                    <OutcomeWord run={summary} />
                  )}
                </td>
                <td class="number">{rate?.value == null ? "unknown" : percent(rate.value)}</td>
                <td class="number">{intervalText(rate?.low ?? null, rate?.high ?? null, "ratio")}</td>
                <td class="number">{summary.cost_usd === null ? "unknown" : dollars(summary.cost_usd)}</td>
                <td class="number">{late === null ? "unknown" : duration(late)}</td>
                <td>
                  <a href={addressOf({ view: "run", key, query: "" })}>{summary.id}</a>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
