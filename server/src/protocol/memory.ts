/**
 * Gives memory back. V8 lets garbage grow to several times of what lives before it collects in earnest, and what it
 * frees it keeps. A large config that was closed, or read anew, would so occupy the machine for as long as the editor runs.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Texts below this leave nothing behind that is worth a collection. */
const largeText = 200 * 1024;
/** The collection waits for a pause, so that nobody waits for it. */
const pauseMs = 700;

let collect: (() => void) | undefined;
let timer: NodeJS.Timeout | undefined;

/**
 * The optimizing compilers that are done without. Code of ours runs hot for some ten ms, when a large config is opened: V8's
 * middle compiler makes it fast soon, for little memory; its last one would be done when that is over. Before V8 12 there
 * is only the last.
 */
const compilers =
  Number.parseInt(process.versions.v8, 10) >= 12
    ? ['--no-turbofan', '--no-maglev-inlining', '--no-maglev-destroy-on-background']
    : ['--no-maglev'];

/**
 * Keeps the process small, by flags of V8 that count from now on: only one optimizing compiler, since every compilation
 * touches memory of its own, and plain machine code at once for what it has not come to yet; a young generation that stays
 * as small as it begins, so small that waking threads to collect it takes longer than collecting it; a collection when the
 * old one has grown by half. With configs of 100, 1,000 and 10,000 items the process needs 56, 62 and 78 MB so instead of 64,
 * 81 and 181, and two thirds of the time to open them.
 * Call it after the start: V8 takes no code from Node's cache once its flags are changed.
 */
export function staySmall(): void {
  for (const flag of [
    ...compilers,
    '--always-sparkplug',
    '--semi-space-growth-factor=1',
    '--no-parallel-scavenge',
    '--heap-growing-percent=50',
  ])
    setFlagsFromString(flag);
}

/** Call after a text of `length` was read as a whole, or let go. */
export function freeSoon(length: number): void {
  if (length < largeText) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    collect ??= collector();
    collect();
  }, pauseMs);
  timer.unref();
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return gc;
}
