import { afterEach } from 'vitest';
import type { Workbench } from './workbench.ts';

/** Leaves a picture of what a failed test saw: `test/ui/shots/failed-<test>.png`. */
export function shotOnFailure(workbench: () => Workbench): void {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench().shot(`failed-${task.name.replaceAll(/\W+/g, '-')}`);
  });
}
