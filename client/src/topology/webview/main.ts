/** The webview's entry. */
import { readHostMessage, type WebviewMessage } from '../messages.ts';
import { TopologyView, type Host } from './view.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: WebviewMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
};

const api = acquireVsCodeApi();
const host: Host = {
  // VS Code's own, not a window's: it has no target origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  post: (message) => api.postMessage(message),
  load: () => api.getState(),
  save: (state) => api.setState(state),
};

addEventListener('error', ({ message }) => host.post({ type: 'problem', text: message }));
addEventListener('unhandledrejection', ({ reason }) => host.post({ type: 'problem', text: String(reason) }));

const view = new TopologyView(host);
addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = readHostMessage(event.data);
  if (message === undefined) host.post({ type: 'problem', text: 'a message of the extension is not understood' });
  else view.take(message);
});
host.post({ type: 'ready' });
