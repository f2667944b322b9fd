/**
 * The chat model that errors, examples, READMEs and samples name. A test of the whole repository finds places that
 * name another one, and a test of the catalog fails when the model is about to retire: then change it here, and in
 * the places that the first test names.
 */
export const exampleModel = 'gpt-5.6-luna';

/** A version of `exampleModel`. */
export const exampleVersion = '2026-07-09';
