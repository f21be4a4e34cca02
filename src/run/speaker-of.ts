import type { Case } from "../domain/case.ts";
import { playedBy, type Speaker } from "../domain/person-fault.ts";
import type { LoadedSuite } from "../domain/project.ts";

/** The source of the user's messages in a suite's trials. */
export function speakerOf({ suite, person, clock }: LoadedSuite): (golden: Case) => Speaker {
  if (person === undefined) {
    const kind = suite.user === undefined ? "unknown" : "written";
    return () => ({ kind });
  }
  return (golden) => playedBy(person.prompt.render(golden, clock));
}
