/**
 * `runs.owner` is the mark of the process that works on a run, as JSON; NULL when no process does. It keeps a
 * second process from working on the same run. A process that was killed leaves its mark, so readers check whether
 * that process still runs.
 *
 * In `trials.scores`, an entry that is a text is the reason why that scorer has no score.
 *
 * `answers.fallback` is the alias of the fallback model that answered, NULL when none did.
 */
export const owners = `
ALTER TABLE runs ADD COLUMN owner TEXT;

ALTER TABLE answers ADD COLUMN fallback TEXT;

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
WHERE entry.type = 'array';
`;
