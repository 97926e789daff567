import type { ServiceContext } from '../../../server/src/service/context.ts';

/** An editor with snippets, without a disk and without a mesh. */
export const serviceContext = (more: Partial<ServiceContext>): ServiceContext => ({
  check: { files: 'off', now: Date.now },
  listDirectory: () => [],
  live: undefined,
  snippets: true,
  ...more,
});
