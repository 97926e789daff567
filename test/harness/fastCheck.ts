// fast-check with a seed that is known beforehand: `SEED` gives another.
import * as fc from 'fast-check';
import { testSeed } from './random.ts';

fc.configureGlobal({ seed: testSeed() });

export { fc };
