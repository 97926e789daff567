/**
 * The mesh as a tree of real elements: nodes, and the links of each. It is what a screen reader reads, and a list for
 * everyone who opens it. Its keys are those of any tree; the graph follows its focus.
 */
import { make } from './dom.ts';
import type { Graph, PictureNode } from './graph.ts';
import { linkSentence, nodeSentence } from './words.ts';
import { peerOf } from './graph.ts';

export interface OutlineListener {
  /** The keyboard is at this node now. */
  focused(node: PictureNode): void;
  selected(node: PictureNode): void;
}

interface Row {
  readonly item: HTMLLIElement;
  readonly text: HTMLSpanElement;
  said: string;
}

export class Outline {
  readonly #tree: HTMLElement;
  readonly #graph: Graph;
  readonly #listener: OutlineListener;
  readonly #rows = new Map<string, Row>();
  readonly #nodeOf = new WeakMap<Element, PictureNode>();
  #current: PictureNode | undefined;
  #typed = { text: '', at: 0 };

  constructor(tree: HTMLElement, graph: Graph, listener: OutlineListener) {
    this.#tree = tree;
    this.#graph = graph;
    this.#listener = listener;
    tree.addEventListener('keydown', (event) => this.#key(event));
    tree.addEventListener('focusin', (event) => {
      const node = this.#nodeAt(event.target);
      if (node !== undefined) this.#listener.focused(node);
    });
    tree.addEventListener('click', (event) => {
      const node = this.#nodeAt(event.target);
      if (node !== undefined) this.#listener.selected(node);
    });
  }

  /** Makes the list say what the graph holds; rows that say the same stay as they are. The focus stays in the list. */
  update(): void {
    const { order, nodes } = this.#graph;
    const focused = this.#focused();
    for (const [id, { item }] of this.#rows) {
      if (nodes.has(id)) continue;
      item.remove();
      this.#rows.delete(id);
    }
    let before: Element | null = null;
    for (const node of order) {
      const row = this.#rows.get(node.id) ?? this.#makeRow(node);
      this.#nodeOf.set(row.item, node);
      const sentence = nodeSentence(node);
      const links = [...node.links].map(({ data }) => `${data.a}\n${data.b}\n${data.state}\n${data.costAB}\n${data.costBA}`).join('\n');
      if (row.said !== sentence + links) {
        row.said = sentence + links;
        row.text.textContent = sentence;
        if (node.links.size === 0) row.item.removeAttribute('aria-expanded');
        else if (row.item.getAttribute('aria-expanded') !== 'true') row.item.setAttribute('aria-expanded', 'false');
        if (row.item.getAttribute('aria-expanded') === 'true') this.#fill(node, row.item);
        else row.item.querySelector('ul')?.remove();
      }
      const follows: Element | null = before === null ? this.#tree.firstElementChild : before.nextElementSibling;
      if (follows !== row.item) this.#tree.insertBefore(row.item, follows);
      before = row.item;
    }
    if (this.#current !== undefined && !this.#rows.has(this.#current.id)) this.#current = undefined;
    this.setCurrent(this.#current ?? order[0]);
    if (focused.length > 0) this.#focusFirst(focused);
  }

  /** Where the focus is: that row, and the row of its node around it. None when it is not in the list. */
  #focused(): HTMLElement[] {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement) || !this.#tree.contains(at)) return [];
    const around = at.closest<HTMLElement>('[aria-level="1"]');
    return around === null || around === at ? [at] : [at, around];
  }

  /** A row that is moved loses the focus, and one that is removed too: to the first that is still there, else to where Tab comes. */
  #focusFirst(rows: readonly HTMLElement[]): void {
    const row = rows.find((each) => this.#tree.contains(each));
    if (row === undefined) this.focus();
    else if (row !== document.activeElement) row.focus();
  }

  /** The row that Tab comes to. */
  setCurrent(node: PictureNode | undefined): void {
    if (this.#current !== undefined) this.#rows.get(this.#current.id)?.item.setAttribute('tabindex', '-1');
    this.#current = node;
    if (node !== undefined) this.#rows.get(node.id)?.item.setAttribute('tabindex', '0');
  }

  setSelected(node: PictureNode | undefined): void {
    for (const item of this.#tree.querySelectorAll('[aria-selected=true]')) item.setAttribute('aria-selected', 'false');
    if (node !== undefined) this.#rows.get(node.id)?.item.setAttribute('aria-selected', 'true');
  }

  focus(): void {
    if (this.#current !== undefined) this.#rows.get(this.#current.id)?.item.focus();
  }

  #makeRow(node: PictureNode): Row {
    const text = make('span', 'row');
    const item = make('li', '', text);
    item.setAttribute('role', 'treeitem');
    item.setAttribute('aria-level', '1');
    item.setAttribute('aria-selected', 'false');
    item.tabIndex = -1;
    const row: Row = { item, text, said: '' };
    this.#rows.set(node.id, row);
    return row;
  }

  /** The links are made when a row is opened: a large mesh has many. */
  #fill(node: PictureNode, item: HTMLElement): void {
    item.querySelector('ul')?.remove();
    const links = [...node.links].sort((x, y) => (peerOf(x, node).id < peerOf(y, node).id ? -1 : 1));
    const group = make('ul', '');
    group.setAttribute('role', 'group');
    for (const link of links) {
      const row = make('li', '', make('span', 'row', linkSentence(link, node)));
      row.setAttribute('role', 'treeitem');
      row.setAttribute('aria-level', '2');
      row.setAttribute('aria-selected', 'false');
      row.tabIndex = -1;
      this.#nodeOf.set(row, peerOf(link, node));
      group.append(row);
    }
    item.append(group);
  }

  #nodeAt(target: EventTarget | null): PictureNode | undefined {
    const item = target instanceof Element ? target.closest('[role=treeitem]') : null;
    return item === null ? undefined : this.#nodeOf.get(item);
  }

  #key(event: KeyboardEvent): void {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>('[role=treeitem]') : null;
    const node = this.#nodeAt(item);
    if (item === null || node === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const visible = (): HTMLElement[] => [...this.#tree.querySelectorAll<HTMLElement>('[role=treeitem]')];
    const inner = item.getAttribute('aria-level') === '2';
    const open = item.getAttribute('aria-expanded');
    let target: HTMLElement | null | undefined;
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        const rows = visible();
        target = rows[rows.indexOf(item) + (event.key === 'ArrowDown' ? 1 : -1)];
        break;
      }
      case 'Home':
        target = visible()[0];
        break;
      case 'End':
        target = visible().at(-1);
        break;
      case 'ArrowRight':
        if (open === 'false') {
          item.setAttribute('aria-expanded', 'true');
          this.#fill(node, item);
        } else if (open === 'true') target = item.querySelector<HTMLElement>('[role=treeitem]');
        break;
      case 'ArrowLeft':
        if (inner) target = item.parentElement?.closest<HTMLElement>('[role=treeitem]');
        else if (open === 'true') {
          item.setAttribute('aria-expanded', 'false');
          item.querySelector('ul')?.remove();
        }
        break;
      case 'Enter':
      case ' ':
        this.#listener.selected(node);
        break;
      default:
        if (event.key.length !== 1 || event.key === '/') return;
        target = this.#typeAhead(event.key, event.timeStamp);
    }
    event.preventDefault();
    event.stopPropagation();
    target?.focus();
  }

  /** The next node whose name begins with what was typed in the last second. */
  #typeAhead(key: string, at: number): HTMLElement | undefined {
    this.#typed = { text: (at - this.#typed.at < 1000 ? this.#typed.text : '') + key.toLowerCase(), at };
    const { text } = this.#typed;
    const { order } = this.#graph;
    const from = this.#current === undefined ? 0 : order.indexOf(this.#current) + (text.length === 1 ? 1 : 0);
    const found = [...order.slice(from), ...order.slice(0, from)].find(({ id }) => id.toLowerCase().startsWith(text));
    return found === undefined ? undefined : this.#rows.get(found.id)?.item;
  }
}
