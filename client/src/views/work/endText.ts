import type { FollowEnd } from '../../work/follow.ts';
import type { HistoryRecord } from '../../work/history.ts';
import { explainDetail } from '../../work/units.ts';
import { sizeText } from './sizes.ts';

/** How a unit ended, in the daemon's words and what they mean. */
export function endText(end: FollowEnd): string {
  const { status, position, reason } = end;
  const detail = status === undefined || status.Detail === '' ? '' : `: ${status.Detail}`;
  const meaning = explainDetail(status?.Detail ?? '');
  const state = `${status?.StateName ?? 'Unknown'}${detail}.${meaning === undefined ? '' : ` ${meaning}`}`;
  switch (reason) {
    case 'ended':
      return `${state} ${sizeText(position)} of output.`;
    case 'incomplete':
      return `${state} The output is not whole: ${position} of ${status?.StdoutSize ?? '?'} bytes came, and the node gives no more now. It may have the rest later: read the results again then.`;
    case 'gone':
      return `The unit was released; ${sizeText(position)} of output came before.`;
    case 'stopped':
      return `Stopped at byte ${position}; the work itself goes on.`;
  }
}

/** The icon of a run: how it ended, or that it goes on as far as is known. */
export const runIcon = ({ end }: HistoryRecord): string =>
  end === undefined ? 'watch' : end.stateName === 'Succeeded' ? 'pass' : end.stateName === 'Failed' ? 'error' : 'circle-slash';

/** Exit code of a task: 0 for success; a command's own code, as far as it is known, for failure; 130 as after Ctrl+C. */
export function exitCode({ reason, status }: FollowEnd): number {
  if (reason === 'stopped') return 130;
  if (status === undefined || reason === 'gone') return 2;
  if (status.State === 2) return reason === 'incomplete' ? 2 : 0;
  if (status.State === 4) return 130;
  const code = Number(/^exit status (\d+)$/.exec(status.Detail)?.[1]);
  return Number.isInteger(code) && code > 0 ? code : 1;
}
