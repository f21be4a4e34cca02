import type { JSX } from "preact";
import { shellWord } from "../../domain/shell-word.ts";
import { Command } from "./command.tsx";
import type { LabellingClient } from "./labelling-client.ts";
import { LabellingView } from "./labelling-view.tsx";
import { PageFrame } from "./page-frame.tsx";

/** The page of `evals label`: a single session. */
export function LabellingPage({ client }: { client: LabellingClient }): JSX.Element {
  const suite = client.state.value?.suite;
  return (
    <PageFrame trail={<strong>labels</strong>}>
      <main>
        <LabellingView client={client} ends={true} />
      </main>
      {suite === undefined ? null : (
        <footer>
          <Command text={`evals label ${shellWord(suite)}`} />
        </footer>
      )}
    </PageFrame>
  );
}
