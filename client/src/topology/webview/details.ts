/** The side panel: what is known of the selected node, and the traceroute that is drawn. */
import type { NodeAction } from '../source.ts';
import type { NodeDetails, Trace } from '../messages.ts';
import { visible, visibleName } from '../text.ts';
import { make } from './dom.ts';
import { peerOf, type PictureNode } from './graph.ts';
import { age, linkWords, milliseconds, stateWords } from './words.ts';

export interface DetailsListener {
  act(action: NodeAction, node: string): void;
  go(id: string): void;
  clearTrace(): void;
  close(): void;
}

const actionWords: Readonly<Record<NodeAction, string>> = {
  ping: 'Ping',
  traceroute: 'Traceroute',
  session: 'Control Session',
  connectAs: 'Connect as This Node',
  openConfig: 'Open Config',
};
const kinds = ['datagram', 'stream', 'stream, TLS'];

export interface Shown {
  readonly node: PictureNode | undefined;
  /** Undefined until the extension answered. */
  readonly details: NodeDetails | undefined;
  readonly trace: Trace | undefined;
  /** Number of its first hop. */
  readonly firstHop: number;
  readonly actions: readonly NodeAction[];
}

export function renderDetails(side: HTMLElement, { node, details, trace, firstHop, actions }: Shown, listener: DetailsListener): void {
  const known = details?.id === node?.id ? details : undefined;
  side.hidden = node === undefined && trace === undefined;
  side.replaceChildren(
    ...(node === undefined ? [] : nodeParts(node, known, actions, listener)),
    ...(trace === undefined ? [] : traceParts(trace, firstHop, listener)),
  );
}

function nodeParts(node: PictureNode, details: NodeDetails | undefined, actions: readonly NodeAction[], listener: DetailsListener): Node[] {
  const close = make('button', 'close', '×');
  close.setAttribute('aria-label', 'Close');
  close.addEventListener('click', () => listener.close());
  const parts: Node[] = [make('h2', '', visibleName(node.id), close), make('p', 'state', sentence(stateWords(node)))];
  if (node.data.stale) parts.push(make('p', 'warning', 'Nothing was heard of it for more than two minutes.'));
  if (details !== undefined) parts.push(facts(node, details));
  if (actions.length > 0) {
    const group = make('div', 'actions');
    for (const action of actions) {
      const button = make('button', '', actionWords[action]);
      button.addEventListener('click', () => listener.act(action, node.id));
      group.append(button);
    }
    parts.push(group);
  }
  if (details !== undefined) {
    parts.push(
      ...section(
        'Services',
        details.services.map((service) => serviceItem(service)),
      ),
    );
    parts.push(
      ...section(
        'Work types',
        details.workTypes.map(({ name, signed }) => make('li', '', visibleName(name), ...(signed ? [' ', note('signed')] : []))),
      ),
    );
  }
  const links = [...node.links].sort((x, y) => (peerOf(x, node).id < peerOf(y, node).id ? -1 : 1));
  parts.push(
    ...section(
      'Links',
      links.map((link) => {
        const { costAB, costBA, state } = link.data;
        const [there, back] = link.a === node ? [costAB, costBA] : [costBA, costAB];
        const cost = there === back ? `cost ${there ?? '?'}` : `cost ${there ?? 'not told'} there, ${back ?? 'not told'} back`;
        return make(
          'li',
          '',
          goButton(peerOf(link, node).id, listener),
          ` ${cost}`,
          ...(state === 'up' ? [] : [' ', note(linkWords[state], 'warning')]),
        );
      }),
    ),
  );
  return parts;
}

function facts({ data: { nextHop } }: PictureNode, details: NodeDetails): HTMLElement {
  const list = make('dl', '');
  const add = (name: string, ...value: (string | Node)[]): void => list.append(make('dt', '', name), make('dd', '', ...value));
  if (nextHop !== undefined && nextHop !== details.id) add('Next hop', visibleName(nextHop));
  if (details.route !== undefined && details.route.nodes.length > 1) {
    add('Route', details.route.nodes.map(visibleName).join(' → '));
    add('Route cost', String(details.route.cost));
  }
  if (details.version !== undefined) add('Version', visible(details.version));
  if (details.cpuCount !== undefined) add('CPUs', String(details.cpuCount));
  if (details.memoryMiB !== undefined) add('Memory', `${details.memoryMiB.toLocaleString('en')} MiB`);
  if (details.seenAt !== undefined) add('Last seen', ageElement(details.seenAt));
  return list;
}

function serviceItem({ name, connType, tags, stale, seenAt }: NodeDetails['services'][number]): HTMLElement {
  const item = make('li', '', visibleName(name), ' ', note(kinds[connType] ?? `type ${connType}`));
  for (const [key, value] of tags) item.append(' ', note(`${visible(key)}: ${visible(value)}`));
  if (stale) item.append(' ', note('not advertised lately', 'warning'));
  if (seenAt !== undefined) item.append(' ', ageElement(seenAt));
  return item;
}

function traceParts({ target, hops }: Trace, firstHop: number, listener: DetailsListener): Node[] {
  const clear = make('button', 'close', '×');
  clear.setAttribute('aria-label', 'Remove the traceroute');
  clear.addEventListener('click', () => listener.clearTrace());
  const list = make('ol', 'trace');
  list.start = firstHop;
  for (const { node, ms, error } of hops) {
    list.append(
      make(
        'li',
        '',
        node === '' ? 'no answer' : goButton(node, listener),
        ` ${milliseconds(ms)}`,
        ...(error === undefined ? [] : [' ', note(visible(error), 'warning')]),
      ),
    );
  }
  return [make('h3', '', `Traceroute to ${visibleName(target)}`, clear), hops.length === 0 ? make('p', '', 'No hop answered.') : list];
}

function section(title: string, items: readonly HTMLElement[]): Node[] {
  if (items.length === 0) return [];
  return [make('h3', '', title), make('ul', '', ...items)];
}

function goButton(id: string, listener: DetailsListener): HTMLElement {
  const button = make('button', 'link', visibleName(id));
  button.addEventListener('click', () => listener.go(id));
  return button;
}

const note = (text: string, more = ''): HTMLElement => make('span', `note ${more}`.trimEnd(), text);
const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

function ageElement(seenAt: number): HTMLElement {
  const element = make('time', '', age(Date.now() - seenAt));
  element.dateTime = new Date(Math.max(-8.64e15, Math.min(8.64e15, seenAt))).toISOString();
  return element;
}

/** Ages grow while nothing else changes. */
export function refreshAges(root: ParentNode): void {
  for (const element of root.querySelectorAll('time')) {
    const text = age(Date.now() - Date.parse(element.dateTime));
    if (element.textContent !== text) element.textContent = text;
  }
}
