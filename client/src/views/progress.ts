/** Progress of what the user waits for. */
import * as vscode from 'vscode';
import { notice } from './hostile.ts';

/** What is quicker needs no message: it would outlive its cause, and VS Code drops the answer when too many come at once. */
const patienceMs = 500;

/**
 * Runs `work`, and shows that it runs, with a way to cancel it, once it takes longer than a moment.
 * @throws what `work` throws; cancelling aborts its signal
 */
export async function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const running = work(abort.signal);
  const over = running.then(
    () => true,
    () => true, // whoever awaits `running` hears of it
  );
  if (!(await Promise.race([over, sleep(patienceMs)]))) {
    const options = { location: vscode.ProgressLocation.Notification, title: notice(title), cancellable: true };
    await vscode.window.withProgress(options, (_progress, token) => {
      token.onCancellationRequested(() => abort.abort());
      return over;
    });
  }
  return running;
}

const sleep = (ms: number): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), ms));

/** An AbortSignal out of VS Code's own kind of cancellation. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const abort = new AbortController();
  if (token.isCancellationRequested) abort.abort();
  token.onCancellationRequested(() => abort.abort());
  return abort.signal;
}
