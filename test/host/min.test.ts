import { inHostTests } from './inHostTests.ts';

await inHostTests('min');
