import type { Json } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { Importer, SourcePlace } from "./imported.ts";
import {
  isObject,
  type JsonObject,
  listMember,
  numberMember,
  objectMember,
  textMember,
} from "./reading/json-fields.ts";
import type { JsonItem } from "./reading/json-items.ts";
import { LeftList } from "./reading/left-list.ts";
import { importName, isLeft, itemsOf } from "./reading/several-files.ts";
import { importOutputs, outputLine, TrialNumbers } from "./writing/outputs-import.ts";
import { jsonLine } from "./writing/project-text.ts";

/**
 * Imports results of τ-bench: tasks become cases with their expected actions, trajectories become recorded answers.
 * The reward depends on the simulated shop's state, which is not in the file. So the reward is stored with the
 * answer, and a scorer reads it.
 */
export const importTauBench: Importer = async (request) => {
  const name = importName(request);
  const left = new LeftList();
  const tasks = new Map<string, string>();
  const answers: TauAnswer[] = [];
  let firstReward: SourcePlace | undefined;
  for await (const item of itemsOf(request, ["results", "simulations"])()) {
    if (isLeft(item)) left.addAll([item]);
    else {
      const answer = readTrajectory(item, tasks, left);
      if (answer === undefined) continue;
      firstReward ??= item.place;
      answers.push(answer);
    }
  }
  if (answers.length === 0 || firstReward === undefined) throw notTau(request.sources[0] ?? "");
  const trials = new TrialNumbers();
  const lines = inOrder(answers).map(({ id, trial: _, ...answer }) =>
    outputLine({ case: id, trial: trials.next(id), ...answer }),
  );
  const scorer = `scorers/${name}-reward.mjs`;
  return importOutputs({
    name,
    description: `Trajectories of τ-bench (${request.sources.join(", ")}).`,
    dataset: { path: `datasets/${name}.jsonl`, text: [...tasks.values()].join("") },
    outputs: { path: `fixtures/${name}.jsonl`, text: lines.join("") },
    files: [{ path: scorer, text: REWARD_SCORER }],
    ...{ trials: trials.largest, cases: tasks.size, answers: answers.length, left },
    scorers: [
      { entry: { type: "module", name: "reward", file: scorer }, place: firstReward, what: "reward" },
    ],
  });
};

interface TauAnswer {
  readonly id: string;
  /** The trial number in the file. */
  readonly trial: number;
  readonly output: Json;
  readonly messages: readonly Json[];
}

const REWARD_SCORER = `// The reward that τ-bench gave the trajectory: 1 when the task was done. It depends on the state of the simulated shop
// after the last call. The results do not contain that state, so the reward is read from the answer, not
// computed.
export default ({ output }) => {
  const { reward } = JSON.parse(typeof output === "string" ? output : JSON.stringify(output));
  return { score: Math.min(1, Math.max(0, reward)), pass: reward >= 1, reason: \`reward \${reward}\` };
};
`;

function readTrajectory(
  { value, place }: JsonItem,
  tasks: Map<string, string>,
  left: LeftList,
): TauAnswer | undefined {
  const info = isObject(value) ? (objectMember(value, "info") ?? {}) : {};
  const task = isObject(value) ? (objectMember(info, "task") ?? objectMember(value, "task")) : undefined;
  const id = isObject(value) ? (textMember(value, "task_id") ?? textMember(value, "id")) : undefined;
  if (!isObject(value) || id === undefined || task === undefined) {
    left.add(
      place,
      "an entry without task",
      "A result of τ-bench has task_id, reward, trial, traj and info.task.",
    );
    return undefined;
  }
  const reward = numberMember(value, "reward");
  const messages = listMember(value, "traj");
  if (reward === undefined || messages.length === 0) {
    const error = textMember(info, "error");
    left.add(
      place,
      `trial ${numberMember(value, "trial") ?? "?"} of task ${id}`,
      `The trial ended without a reward: an error is not an answer${error === undefined ? "" : ` (${error.slice(0, 200)})`}.`,
      "no reward",
    );
    return undefined;
  }
  const known = tasks.get(id);
  const line = taskLine(id, task);
  if (known === undefined) tasks.set(id, line);
  else if (known !== line) {
    left.add(
      place,
      `a trial whose task ${id} differs`,
      "The trial's instruction or actions differ from those of the first trial with this task number.",
    );
    return undefined;
  }
  return {
    id: caseId(id),
    trial: numberMember(value, "trial") ?? 0,
    output: { reward, said: lastReply(messages) },
    messages: messages.map(withStatedError),
  };
}

/** The beginning of the text by which τ-bench tells the model that a tool threw an error or refused the call. */
const REFUSED = "Error: ";

/**
 * Returns a message unchanged, unless it is the result of a tool that failed: the content then becomes the JSON
 * `{"error": …}`.
 */
function withStatedError(message: Json): Json {
  if (!isObject(message) || message.role !== "tool" || typeof message.content !== "string") return message;
  const { content } = message;
  if (!content.startsWith(REFUSED)) return message;
  return { ...message, content: JSON.stringify({ error: content.slice(REFUSED.length) }) };
}

const caseId = (id: string): string => `task-${id}`;

function taskLine(id: string, task: JsonObject): string {
  const actions = listMember(task, "actions").filter(isObject);
  const outputs = listMember(task, "outputs");
  return jsonLine({
    id: caseId(id),
    input: { instruction: task.instruction ?? "" },
    expected: {
      calls: actions.map(({ name, kwargs, arguments: given }) => ({
        name,
        arguments: kwargs ?? given ?? {},
      })),
      ...(outputs.length === 0 ? {} : { says: outputs }),
    },
    ...(typeof task.user_id === "string" ? { metadata: { user_id: task.user_id } } : {}),
  });
}

/** The agent's last message to the user. */
function lastReply(messages: readonly Json[]): string {
  const replies = messages
    .filter(isObject)
    .filter(({ role, content }) => role === "assistant" && typeof content === "string" && content !== "");
  return String(replies.at(-1)?.content ?? "");
}

/** Sorts answers by task in file order, then by the file's trial number. */
function inOrder(answers: readonly TauAnswer[]): TauAnswer[] {
  const first = new Map<string, number>();
  for (const { id } of answers) if (!first.has(id)) first.set(id, first.size);
  const place = ({ id }: TauAnswer): number => first.get(id) ?? 0;
  return [...answers].sort((a, b) => place(a) - place(b) || a.trial - b.trial);
}

function notTau(path: string): EvalsError {
  return new EvalsError({
    code: "EVALS_IMPORT_NOTHING",
    path,
    line: 1,
    column: 1,
    what: "There is no result of τ-bench in this file.",
    why: "A result has task_id, reward, trial, traj and info.task.",
    fix: "Name a file of results that τ-bench wrote (results/*.json).",
  });
}
