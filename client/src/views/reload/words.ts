/** The words for a file's node, in the code lens and the status item. No `vscode`, so that every case can be listed in a test. */
import type { PredictedItem, ReloadPrediction } from '../../../../server/src/protocol/requests.ts';
import { describePrediction } from '../../reload/decide.ts';
import { label, notice, plain } from '../hostile.ts';
import type { LinkedFile } from './linkedFiles.ts';

/** What stands behind an item that was changed. */
export const marks = {
  reload: 'applied by a reload',
  save: 'applied when saved',
  restart: 'needs a restart',
  refused: 'would be refused',
} as const;

/** How an item is marked. A node that watches its file (v2) needs no reload: the save itself restarts its backends, or changes none. */
export function markOf(verdict: PredictedItem['verdict'], watch: ReloadPrediction['watch']): keyof typeof marks | undefined {
  if (verdict === 'unchanged') return undefined;
  if (verdict !== 'reloads') return verdict;
  return watch === undefined ? 'reload' : watch === 'restarts' ? 'save' : undefined;
}

/** What is said of a file's node: whether it runs, and what saving would do. A detail takes links, and both take icons. */
export function statusOf(file: LinkedFile): { text: string; detail: string } {
  const { text, detail } = wordsOf(file);
  // The daemon's words may have several lines.
  return { text: label(text.replaceAll(/\s+/g, ' ')), detail: label(notice(detail), 600) };
}

function wordsOf(file: LinkedFile): { text: string; detail: string } {
  const name = plain(file.answeredBy ?? file.summary.nodeId ?? 'node', 40);
  switch (file.link) {
    case 'unknown':
      return { text: 'No node known', detail: 'The file names no control socket: link it to a connection.' };
    case 'not-running':
      return { text: `${plain(file.summary.nodeId ?? 'Node', 40)} does not run`, detail: 'Nothing answers at its control service.' };
    case 'other-node':
      return {
        text: `Another node answers: ${name}`,
        detail: `The file is of ${plain(file.summary.nodeId ?? 'this host', 40)}. Nothing is reloaded.`,
      };
    case 'other-file':
      return {
        text: `${name} runs another file`,
        detail: `It was started from ${plain(file.startedFrom ?? '', 200)}, which ${file.startedFrom === file.uri.fsPath ? 'is gone from the disk' : 'is what a reload would read'}. Nothing is reloaded.`,
      };
    case 'running':
    case 'unreachable':
      break;
  }
  if (file.summary.templated) return { text: `${name} runs`, detail: 'The file is a template: nothing is reloaded from it.' };
  const down = file.linksDown ? 'A refused reload stopped its backends.' : '';
  if (file.prediction === undefined) {
    return { text: `${name} ${file.linksDown ? 'has no links' : 'runs'}`, detail: down || 'What it was started with is unknown.' };
  }
  const { accepted, changes, watch, items } = file.prediction;
  const rests =
    watch === undefined ? accepted && !changes && !file.linksDown : items.every(({ verdict }) => verdict === 'unchanged') && !changes;
  if (rests) {
    const seen = file.start?.at === 0 ? 'As far as was seen since this window is connected to it.' : '';
    return { text: `${name} runs this file`, detail: watch === undefined ? seen : 'It watches its file: a save is applied at once.' };
  }
  const state = file.linksDown ? `${name} has no links` : name;
  return {
    text: `${state}: a save ${describePrediction(file.prediction, file.linksDown)}`,
    detail: down,
  };
}
