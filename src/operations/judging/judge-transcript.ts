import type { JudgeExchange, StoredJudgement } from "../../domain/judge-exchange.ts";
import type { StoredTrial } from "../../domain/run.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/**
 * The questions to judges about a trial, with the judges' replies. These are the replies behind the trial's scores.
 * If a judge failed to score it, they are all replies about the trial's case that this run has paid for.
 */
export async function judgeExchanges(
  { read }: Pick<Store, "read">,
  run: Pick<StoredRun, "no" | "header">,
  trial: StoredTrial,
): Promise<readonly JudgeExchange[]> {
  const exchange = async (scorer: string | null, reply: StoredJudgement): Promise<JudgeExchange> => ({
    scorer,
    request: await read.judgementRequest(reply.id),
    reply,
  });
  if (trial.error === "judge") {
    const replies = await read.judgementsOfCase(run.no, trial.case_id);
    return Promise.all(replies.map((reply) => exchange(null, reply)));
  }
  const behind = await Promise.all(
    run.header.scorers.map(async ({ name }, index) => {
      const replies = await read.judgements(trial.scores[index]?.replies ?? []);
      return Promise.all(replies.map((reply) => exchange(name, reply)));
    }),
  );
  return behind.flat();
}
