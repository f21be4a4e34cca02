// Simulates arms of traffic that are compared every day: how often a difference is reported between equal arms,
// and after how many days a real difference is reported.
import { compareArms, seededRandom, sessionsPerArm } from "./engine.mjs";
import { margin, measured, rate, table, target } from "./report.mjs";

const DAYS = 30;
const DAY = 24 * 3600 * 1000;

/** Simulated traffic of one arm: sessions of one to three answers, which are similar within a session. */
function arm(name, perDay, chance, answers, random) {
  return Array.from({ length: DAYS * perDay }, (_, i) => {
    const at = (i / perDay) * DAY;
    const tilt = chance + (random() < 0.5 ? 1 : -1) * Math.min(chance, 1 - chance) * 0.3;
    const count = answers === 1 ? 1 : 1 + Math.floor(answers * random());
    return Array.from({ length: count }, () => ({
      ...{ session: `${name}${i}`, input: null, at, tags: [], output: "", pass: random() < tilt },
      ...{ latency_ms: null, cost_usd: null, failed: null, refused: null, feedback: null },
    }));
  });
}

const until = (sessions, day) => sessions.filter(([one]) => one.at < day * DAY).flat();

function callsWithin(a, b) {
  for (let day = 1; day <= DAYS; day++)
    if (compareArms(until(a, day), until(b, day)).verdict !== "undecided") return day;
  return null;
}

/** The verdict of a usual test that is repeated every day, which evals does not use. */
function fixedCalls(a, b) {
  const share = (list) => list.filter(({ pass }) => pass).length / list.length;
  for (let day = 1; day <= DAYS; day++) {
    const [one, other] = [until(a, day), until(b, day)];
    const [p, q] = [share(one), share(other)];
    const error = Math.sqrt((p * (1 - p)) / one.length + (q * (1 - q)) / other.length);
    if (error > 0 && Math.abs(p - q) > 1.96 * error) return true;
  }
  return false;
}

export function arms(draws) {
  const rows = [];
  for (const { sizes, chance, answers } of [
    { sizes: [20, 20], chance: 0.8, answers: 1 },
    { sizes: [20, 20], chance: 0.97, answers: 1 },
    { sizes: [38, 2], chance: 0.8, answers: 1 },
    { sizes: [20, 20], chance: 0.8, answers: 3 },
  ]) {
    const random = seededRandom(`arms ${sizes} ${chance} ${answers}`);
    const [calls, usual] = [[], []];
    for (let i = 0; i < draws; i++) {
      const [a, b] = sizes.map((size, at) => arm("ab"[at], size, chance, answers, random));
      calls.push(callsWithin(a, b));
      usual.push(fixedCalls(a, b));
    }
    const called = calls.filter((day) => day !== null).length / draws;
    target(
      `arms ${sizes.join(" and ")} a day at ${rate(chance)}`,
      called <= 0.05 + margin(draws),
      rate(called),
    );
    const better = Array.from({ length: Math.ceil(draws / 4) }, () => {
      const [a, b] = [0.7, 0.85].map((rate, at) => arm("ab"[at], sizes[at], rate, answers, random));
      return callsWithin(a, b) ?? DAYS + 1;
    }).sort((one, other) => one - other);
    const middle = better[Math.floor(better.length / 2)];
    rows.push([
      sizes.join(" and "),
      answers === 1 ? "1" : "1 to 3",
      rate(chance),
      rate(usual.filter(Boolean).length / draws),
      measured(called, draws),
      middle > DAYS ? `over ${DAYS}` : String(middle),
    ]);
  }
  table(
    "arms",
    `Two arms without a difference, looked at on each of ${DAYS} days (${draws} pairs a row)`,
    [
      "sessions a day",
      "answers a session",
      "pass rate",
      "called by a 95 % test at each look",
      "called by evals ab",
      "median day that calls 70 % against 85 %",
    ],
    rows,
  );
  const { sessions, singleLook } = sessionsPerArm(0.8, 0.05);
  process.stderr.write(
    `To report a difference of 5 points at a pass rate of 80 %, evals ab needs ${sessions} sessions per arm; with a single look, ${singleLook} suffice\n`,
  );
}
