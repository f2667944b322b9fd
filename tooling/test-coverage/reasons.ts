/** Why the tests of a package run fewer lines than the bound, for who wants to raise it. Nothing is here without need: the run fails then. */
export const reasons: Readonly<Record<string, string>> = {};
