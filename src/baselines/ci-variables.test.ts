import { expect, it } from "vitest";
import { BUILT_REF, CI_SYSTEMS } from "./change-build.ts";
import { mayBeChange } from "./ci-variables.ts";

it("no variable of a CI system is overlooked", () => {
  const names = CI_SYSTEMS.flatMap(({ base, change, when = [] }) => [
    ...base,
    ...change,
    ...when.map(([name]) => name),
  ]);
  const others = [
    "EVALS_BASE_REF",
    "GITHUB_EVENT_PATH",
    "GITHUB_EVENT_NAME",
    "TEAMCITY_BUILD_PROPERTIES_FILE",
  ];
  const overlooked = [...names, ...BUILT_REF, ...others].filter((name) => !mayBeChange({ [name]: "x" }));
  expect(overlooked).toEqual([]);
});

it("a laptop is no CI system", () => {
  expect(mayBeChange({ PATH: "/bin", HOME: "/home/d", EDITOR: "vi", GIT_DIR: ".git", CI: "1" })).toBe(false);
});
