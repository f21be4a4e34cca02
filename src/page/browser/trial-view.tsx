import type { JSX } from "preact";
import type { ViewedCase, ViewedPart, ViewedTranscript, ViewedTrial } from "../../domain/viewed-run.ts";
import { NoSuchCase } from "./case-view.tsx";
import { useKeys } from "./keys.ts";
import { useLoaded } from "./loaded.ts";
import { go, revision } from "./page-state.ts";
import { Parts } from "./parts-view.tsx";
import type { Route } from "./route.ts";
import { useColumns } from "./run-view.tsx";
import type { PageSource, TrialPlace } from "./source.ts";
import { Await, WayBack } from "./status-lines.tsx";
import { TrialFactLine, TrialScores } from "./trial-facts.tsx";

export interface TrialViewProps {
  readonly source: PageSource;
  readonly where: Route & { readonly view: "trial" };
}

/** One trial with every message, tool call and judge in order; long ones are collapsed. */
export function TrialView({ source, where }: TrialViewProps): JSX.Element {
  const columns = useColumns(source, where.key);
  useKeys([
    {
      keys: ["ArrowRight", "l"],
      about: "the next trial",
      act: () => go({ ...where, trial: where.trial + 1 }),
    },
    {
      keys: ["ArrowLeft", "h"],
      about: "the previous trial",
      act: () => where.trial > 1 && go({ ...where, trial: where.trial - 1 }),
    },
  ]);
  const meanwhile = (
    <h1 tabIndex={-1}>
      {where.id}, trial {where.trial}
    </h1>
  );
  return (
    <Await of={columns} meanwhile={meanwhile} heading={meanwhile}>
      {(known) => {
        const place = known.placeOf(where.id);
        if (place === undefined)
          return (
            <>
              {meanwhile}
              <NoSuchCase runKey={where.key} />
            </>
          );
        return (
          <TrialBody
            source={source}
            where={{ key: where.key, place, side: where.side, trial: where.trial }}
            id={where.id}
          />
        );
      }}
    </Await>
  );
}

interface TrialBodyProps {
  readonly source: PageSource;
  readonly where: TrialPlace;
  readonly id: string;
}

function TrialBody({ source, where, id }: TrialBodyProps): JSX.Element {
  const one = useLoaded(
    () => wholeTrial(source, where),
    [where.key, where.place, where.side, where.trial, revision.value],
  );
  const meanwhile = (
    <h1 tabIndex={-1}>
      {id}, trial {where.trial}
    </h1>
  );
  return (
    <Await of={one} meanwhile={meanwhile} heading={meanwhile}>
      {(found) =>
        found === null ? (
          <>
            {meanwhile}
            <p>
              This trial is not in the page: it does not exist, or it was left out to keep the file small. The
              command below shows what the history has.
            </p>
            <WayBack to={{ view: "case", key: where.key, id }} words="To the case" />
          </>
        ) : (
          <>
            <h1 tabIndex={-1}>
              {id}, trial {where.trial} <Outcome trial={found.transcript.trial} />
            </h1>
            <TrialFactLine trial={found.transcript.trial} />
            <TrialScores trial={found.transcript.trial} />
            <Parts
              parts={found.transcript.parts}
              more={(part, from) => source.lettersOf(where, part, from)}
            />
          </>
        )
      }
    </Await>
  );
}

/** The transcript of a trial; if only its input and answer are available, a transcript of those. */
async function wholeTrial(
  source: PageSource,
  where: TrialPlace,
): Promise<{ transcript: ViewedTranscript } | null> {
  const transcript = await source.trial(where);
  if (transcript !== null) return { transcript };
  const one: ViewedCase | null = await source.caseAt(where.key, where.place);
  const trial = one?.[where.side]?.trials.find((each) => each.trial === where.trial);
  if (one === null || trial === undefined) return null;
  const parts: ViewedPart[] = [
    { kind: "request", title: "input", passage: one.input },
    ...(trial.error === null
      ? []
      : [
          {
            kind: "error" as const,
            title: trial.error.kind,
            passage: { text: trial.error.message, letters: trial.error.message.length },
          },
        ]),
    ...(trial.output === null ? [] : [{ kind: "answer" as const, title: "", passage: trial.output }]),
  ];
  return { transcript: { trial, parts } };
}

const TONES = { passed: "good", failed: "bad", errored: "unsure", unscored: "faint" } as const;

function Outcome({ trial: { outcome } }: { trial: ViewedTrial }): JSX.Element {
  return <span class={TONES[outcome]}>{outcome === "unscored" ? "not scored" : outcome}</span>;
}
