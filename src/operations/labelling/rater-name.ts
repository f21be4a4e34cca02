import { EvalsError } from "../../domain/problem.ts";
import { userEmail } from "../../git/user-email.ts";
import { ADJUDICATED } from "../../labels/truth.ts";
import type { Environment } from "../environment.ts";

/**
 * The rater's name: that of `--rater`, else the e-mail address in git, else the name of the system's user.
 *
 * @throws {EvalsError} when there is none, or the name has a special meaning in a labels file
 */
export async function raterName(io: Environment, root: string, given: string | undefined): Promise<string> {
  const { USER, LOGNAME, USERNAME } = io.env;
  const name = given === undefined ? ((await userEmail(root)) ?? USER ?? LOGNAME ?? USERNAME ?? "") : given;
  const plain = name.trim();
  if (plain === "") throw unknownRater(given !== undefined);
  if (plain.startsWith(ADJUDICATED)) throw reservedName(plain);
  return plain;
}

function unknownRater(isEmpty: boolean): EvalsError {
  return new EvalsError({
    code: "EVALS_RATER_UNKNOWN",
    what: isEmpty
      ? "--rater is empty."
      : "The rater is unknown: git has no user.email, and the system no user name.",
    why: "Each label names its rater, so that two people's judgements can be compared.",
    fix: "--rater NAME",
  });
}

function reservedName(name: string): EvalsError {
  return new EvalsError({
    code: "EVALS_RATER_RESERVED",
    what: `A rater cannot be called "${name}".`,
    why: `A name that begins with ${ADJUDICATED} settles a conflict and overrides all other labels of an answer.`,
    fix: "Settle conflicts with --adjudicate; it writes that name itself.",
  });
}
