/**
 * The schemas and the validators that are generated from them. They are most of what the server and the linter weigh, so
 * the build keeps them in one file of their own, `dist/schemas.js`, which both load.
 */
export { default as v1Schema } from '../../../schemas/receptor-v1.schema.json' with { type: 'json' };
// By name, so that only the annotations come along: titles and docs are those of v1.
export { definitions as v2Definitions } from '../../../schemas/receptor-v2.schema.json';
/** Validators of the fields of each item, by its name. */
export { default as v1Items } from './generated/receptor-v1.js';
export { default as v2Items } from './generated/receptor-v2.js';
