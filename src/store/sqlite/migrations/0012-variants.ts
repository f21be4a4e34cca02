/**
 * Variants of passing trials (`pressure:`) are stored as separate runs with `pressure_of` in their headers. The
 * views leave these runs out.
 */
export const variants = `
DROP VIEW run_overview;
CREATE VIEW run_overview AS
SELECT id AS run, suite, status, started_at, ended_at, calls,
  json_extract(header, '$.target') AS target, json_extract(header, '$.fingerprint') AS fingerprint,
  json_extract(header, '$."commit"') AS commit_id
FROM runs
WHERE json_extract(header, '$.pressure_of') IS NULL;

DROP VIEW trial_overview;
CREATE VIEW trial_overview AS
SELECT runs.id AS run, runs.suite AS suite, run_cases.case_id AS case_id, trials.trial AS trial,
  CASE WHEN trials.error IS NULL THEN 'answered' ELSE 'errored' END AS outcome, trials.error AS error,
  trials.message AS message, trials.pass AS pass, trials.cached AS cached, answers.output AS output,
  answers.input_tokens AS input_tokens, answers.output_tokens AS output_tokens, answers.latency_ms AS latency_ms,
  answers.cost_usd AS cost_usd, answers.model AS model
FROM trials
JOIN runs ON runs.no = trials.run_no
JOIN run_cases ON run_cases.run_no = trials.run_no AND run_cases.case_no = trials.case_no
LEFT JOIN answers ON answers.id = trials.answer_id
WHERE json_extract(runs.header, '$.pressure_of') IS NULL;

DROP VIEW score_overview;
CREATE VIEW score_overview AS
SELECT runs.id AS run, runs.suite AS suite, run_cases.case_id AS case_id, trials.trial AS trial,
  json_extract(runs.header, '$.scorers[' || entry.key || '].name') AS scorer,
  json_extract(entry.value, '$[0]') AS score, json_extract(entry.value, '$[1]') AS pass,
  json_extract(entry.value, '$[2]') AS reason
FROM trials
JOIN runs ON runs.no = trials.run_no
JOIN run_cases ON run_cases.run_no = trials.run_no AND run_cases.case_no = trials.case_no,
json_each(trials.scores) AS entry
WHERE entry.type = 'array' AND json_extract(runs.header, '$.pressure_of') IS NULL;
`;
