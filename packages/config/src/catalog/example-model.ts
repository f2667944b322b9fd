/**
 * The chat model that errors, examples, READMEs and samples name. A test of the whole repository holds them to it, and
 * a test of the catalog fails when the model is about to retire: then change it here, and where the first test says.
 */
export const exampleModel = 'gpt-5.6-luna';

/** A version of `exampleModel`. */
export const exampleVersion = '2026-07-09';
