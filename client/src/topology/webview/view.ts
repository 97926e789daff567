/** The graph, its list and its side panel as one thing: what is current and selected is so in all of them. */
import type { HostMessage, NodeDetails, Trace, WebviewMessage } from '../messages.ts';
import type { NodeAction } from '../source.ts';
import { visibleName } from '../text.ts';
import { Arrangement } from './arrangement.ts';
import { refreshAges, renderDetails } from './details.ts';
import { byId } from './dom.ts';
import { exportPng, exportSvg } from './exporting.ts';
import { firstHop, Graph, type PictureNode, type Touched } from './graph.ts';
import { meaningOf } from './keys.ts';
import { renderLegend } from './legend.ts';
import { Outline } from './outline.ts';
import type { Emphasis } from './paint.ts';
import { readSaved, type LayoutKind, type Saved } from './saved.ts';
import { search } from './search.ts';
import { Surface } from './surface.ts';
import { onThemeChange, reducedMotion } from './theme.ts';
import { age, changeSentences, count, countsSentence, nodeSentence, traceSentence } from './words.ts';

export interface Host {
  post(message: WebviewMessage): void;
  load(): unknown;
  save(state: Saved): void;
}

const saveDelayMs = 250;

export class TopologyView {
  readonly #host: Host;
  readonly #graph = new Graph();
  readonly #surface: Surface;
  readonly #outline: Outline;
  readonly #saved: Saved | undefined;

  readonly #element = byId('graph', HTMLElement);
  readonly #side = byId('side', HTMLElement);
  readonly #legend = byId('legend', HTMLElement);
  readonly #search = byId('search', HTMLInputElement);
  readonly #matchCount = byId('matches', HTMLElement);
  readonly #live = byId('live', HTMLElement);
  readonly #empty = byId('empty', HTMLElement);
  readonly #listButton = byId('list', HTMLButtonElement);
  readonly #legendButton = byId('help', HTMLButtonElement);

  #arrangement: Arrangement;
  #source: { id: string; label: string; actions: readonly NodeAction[] } | undefined;
  #status: { state: string; text: string; takenAt: number | undefined } = { state: 'waiting', text: '', takenAt: undefined };
  #current: PictureNode | undefined;
  #selected: PictureNode | undefined;
  #hovered: PictureNode | undefined;
  #details: NodeDetails | undefined;
  #trace: Trace | undefined;
  #matches: readonly PictureNode[] | undefined;
  #matchSet: ReadonlySet<PictureNode> | undefined;
  #painted = false;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #outlineTimer: ReturnType<typeof setTimeout> | undefined;
  #settling = false;

  constructor(host: Host) {
    this.#host = host;
    this.#saved = readSaved(host.load());
    this.#arrangement = new Arrangement(this.#graph, this.#saved?.layout ?? 'force', this.#saved?.positions ?? []);
    this.#surface = new Surface(this.#element, byId('canvas', HTMLCanvasElement), this.#graph, {
      emphasis: () => this.#emphasis(),
      clicked: (node) => {
        this.#element.focus();
        if (node !== undefined) this.#setCurrent(node);
        this.#select(node);
      },
      hovered: (node) => this.#hover(node),
      moved: () => {
        this.#arrangement.stop();
        this.#saveSoon();
      },
      viewChanged: () => this.#saveSoon(),
    });
    this.#outline = new Outline(byId('tree', HTMLElement), this.#graph, {
      focused: (node) => this.#setCurrent(node),
      selected: (node) => this.#select(node),
    });
    if (this.#saved?.viewport !== undefined) this.#surface.viewport = this.#saved.viewport;
    this.#listenToKeys();
    this.#listenToButtons();
    this.#listenToSearch();
    for (const element of [this.#element, byId('outline', HTMLElement)]) {
      element.addEventListener('focusin', () => this.#surface.draw());
      element.addEventListener('focusout', () => this.#surface.draw());
    }
    onThemeChange(() => {
      this.#surface.reloadTheme();
      this.#renderLegend();
    });
    setInterval(() => this.#refreshAges(), 1000);
    addEventListener('pagehide', () => this.#save());
    this.#showPane(this.#listButton, document.body, 'with-list', this.#saved?.list === true);
    this.#showLegend(this.#saved?.legend === true);
    this.#renderStatus();
  }

  take(message: HostMessage): void {
    switch (message.type) {
      case 'graph': {
        this.#source = message.source;
        // After a reload of the window the first picture is empty: the connection comes later.
        const first = this.#graph.nodes.size === 0 && !this.#painted;
        const touched = this.#graph.replace(message.nodes, message.links);
        this.#afterChange(touched, !first);
        if (first && this.#painted) this.#restoreSelection();
        return;
      }
      case 'changes':
        this.#afterChange(this.#graph.change(message.nodes, message.goneNodes, message.links, message.goneLinks), true);
        return;
      case 'status':
        this.#status = { state: message.state, text: message.text, takenAt: message.takenAt };
        this.#renderStatus();
        return;
      case 'details':
        if (message.details.id !== this.#selected?.id) return;
        this.#details = message.details;
        this.#renderSide();
        this.#surface.draw();
        return;
      case 'trace':
        this.#trace = message.trace;
        this.#renderSide();
        this.#surface.draw();
        if (message.trace !== undefined) this.#announce(traceSentence(message.trace));
        return;
      case 'reveal': {
        const node = this.#graph.nodes.get(message.node);
        if (node === undefined) return;
        this.#setCurrent(node);
        this.#select(node);
        return;
      }
      case 'exported':
        this.#announce(message.text);
    }
  }

  // --- what the picture stresses ---------------------------------------------------------------------------------

  #emphasis(): Emphasis {
    const { activeElement } = document;
    return {
      current: this.#current,
      focused: activeElement !== null && (activeElement === this.#element || activeElement.closest('#outline') !== null),
      selected: this.#selected,
      hovered: this.#hovered,
      route: this.#details?.route?.nodes ?? [],
      trace: this.#trace,
      matches: this.#matchSet,
    };
  }

  /** The keyboard's place: in the picture, and where Tab comes to in the list. */
  #setCurrent(node: PictureNode): void {
    this.#current = node;
    this.#outline.setCurrent(node);
    this.#surface.show(node);
    this.#saveSoon();
  }

  #select(node: PictureNode | undefined): void {
    if (node !== this.#selected) {
      this.#selected = node;
      this.#details = undefined;
      this.#outline.setSelected(node);
      this.#host.post({ type: 'select', node: node?.id });
      if (node !== undefined) this.#announce(`Selected ${visibleName(node.id)}.`);
    }
    this.#renderSide();
    this.#surface.draw();
    this.#saveSoon();
  }

  #hover(node: PictureNode | undefined): void {
    if (node === this.#hovered) return;
    this.#hovered = node;
    this.#element.classList.toggle('over-node', node !== undefined);
    this.#surface.draw();
  }

  #announce(text: string): void {
    this.#live.textContent = text;
  }

  // --- the mesh changed ------------------------------------------------------------------------------------------

  #afterChange(touched: Touched, tell: boolean): void {
    this.#arrangement.forget(touched.removed);
    this.#arrangement.placeMissing();
    for (const node of touched.removed) {
      if (this.#current === node) this.#current = undefined;
      if (this.#hovered === node) this.#hovered = undefined;
      if (this.#selected === node) this.#select(undefined);
    }
    if (this.#matches !== undefined) this.#find(this.#search.value);
    this.#empty.hidden = this.#graph.nodes.size > 0;
    byId('counts', HTMLElement).textContent = countsSentence(this.#graph);
    this.#element.setAttribute('aria-label', `Mesh graph of ${visibleName(this.#source?.label ?? '')}`);
    this.#renderStatus();
    this.#renderSide();
    if (this.#painted) this.#surface.draw();
    else {
      this.#surface.drawNow();
      if (this.#graph.nodes.size > 0) {
        this.#painted = true;
        performance.mark('topology:painted');
      }
    }
    this.#settle();
    // After the picture: who looks waits for that, who listens hears of it in the same second.
    clearTimeout(this.#outlineTimer);
    this.#outlineTimer = setTimeout(() => {
      this.#outline.update();
      this.#outline.setCurrent(this.#current ?? this.#graph.order[0]);
      this.#outline.setSelected(this.#selected);
    });
    const said = tell ? changeSentences(touched) : '';
    if (said !== '') this.#announce(said);
    this.#saveSoon();
  }

  /** Lets the layout come to rest, a frame's worth at a time; without motion it is shown when it has. */
  #settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    const step = (): void => {
      const moved = this.#arrangement.step();
      if (moved && (this.#arrangement.settled || !reducedMotion())) this.#surface.draw();
      if (!this.#arrangement.settled) {
        requestAnimationFrame(step);
        return;
      }
      this.#settling = false;
      performance.clearMarks('topology:settled');
      performance.mark('topology:settled');
      this.#saveSoon();
    };
    requestAnimationFrame(step);
  }

  #layOut(kind: LayoutKind): void {
    this.#arrangement.arrangeAll(kind);
    this.#renderLayout();
    this.#surface.fitAll();
    this.#settle();
    this.#saveSoon();
  }

  #restoreSelection(): void {
    const saved = this.#saved;
    if (saved === undefined || saved.source !== this.#source?.id) return;
    this.#current = saved.current === undefined ? undefined : this.#graph.nodes.get(saved.current);
    const selected = saved.selected === undefined ? undefined : this.#graph.nodes.get(saved.selected);
    if (selected !== undefined) this.#select(selected);
  }

  // --- panes -----------------------------------------------------------------------------------------------------

  #renderSide(): void {
    // The keyboard stays on the button where it is, though the button is made anew.
    const buttons = (): HTMLButtonElement[] => [...this.#side.querySelectorAll('button')];
    const nameOf = (button: HTMLButtonElement): string => button.ariaLabel ?? button.textContent;
    const at = buttons().findIndex((button) => button === document.activeElement);
    const name = at < 0 ? '' : nameOf(buttons()[at]!);
    renderDetails(
      this.#side,
      {
        node: this.#selected,
        details: this.#details,
        trace: this.#trace,
        firstHop: firstHop(this.#graph, this.#trace),
        actions: this.#source?.actions ?? [],
      },
      {
        act: (action, node) => this.#host.post({ type: 'action', action, node }),
        go: (id) => {
          const node = this.#graph.nodes.get(id);
          if (node === undefined) return;
          this.#setCurrent(node);
          this.#select(node);
          this.#element.focus();
        },
        clearTrace: () => this.#clearTrace(),
        close: () => {
          this.#select(undefined);
          this.#element.focus();
        },
      },
    );
    if (at < 0) return;
    const button = buttons().find((one) => nameOf(one) === name) ?? buttons()[at];
    (button ?? this.#element).focus();
  }

  #clearTrace(): void {
    this.#trace = undefined;
    this.#host.post({ type: 'clearTrace' });
    this.#renderSide();
    this.#surface.draw();
    this.#element.focus();
  }

  #renderStatus(): void {
    const { state, text } = this.#status;
    const words = text !== '' ? visibleName(text) : state === 'live' ? 'Live' : state === 'down' ? 'Not connected' : 'Connecting';
    const element = byId('status', HTMLElement);
    // Read out when it changes, so never set to what it is.
    if (element.textContent !== words) element.textContent = words;
    document.body.dataset['state'] = state;
    this.#empty.textContent = state === 'down' ? `No picture of the mesh yet: ${words}.` : 'Waiting for the first picture of the mesh.';
    this.#renderLayout();
    this.#refreshAges();
  }

  #renderLayout(): void {
    for (const kind of ['force', 'layered'] as const) {
      byId(kind, HTMLButtonElement).setAttribute('aria-pressed', String(this.#arrangement.kind === kind));
    }
  }

  #refreshAges(): void {
    const { takenAt } = this.#status;
    const text = takenAt === undefined ? '' : age(Date.now() - takenAt);
    const element = byId('age', HTMLElement);
    if (element.textContent !== text) element.textContent = text;
    refreshAges(this.#side);
  }

  #showPane(button: HTMLButtonElement, element: HTMLElement, name: string, shown: boolean): void {
    element.classList.toggle(name, shown);
    button.setAttribute('aria-pressed', String(shown));
  }

  #showLegend(shown: boolean): void {
    this.#legend.hidden = !shown;
    this.#legendButton.setAttribute('aria-pressed', String(shown));
    this.#renderLegend();
  }

  #renderLegend(): void {
    if (!this.#legend.hidden) renderLegend(this.#legend, this.#surface.theme);
  }

  // --- input -----------------------------------------------------------------------------------------------------

  #listenToKeys(): void {
    this.#element.addEventListener('keydown', (event) => {
      const meaning = meaningOf(event, this.#graph, this.#current);
      if (meaning === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      switch (meaning.do) {
        case 'go':
          this.#setCurrent(meaning.node);
          this.#announce(nodeSentence(meaning.node));
          return;
        case 'select':
          if (this.#current !== undefined) this.#select(this.#current);
          return;
        case 'clear':
          if (this.#selected !== undefined) this.#select(undefined);
          else if (this.#trace !== undefined) this.#clearTrace();
          return;
        case 'search':
          this.#search.focus();
          this.#search.select();
          return;
        case 'fit':
          this.#surface.fitAll();
          return;
        case 'zoom':
          this.#surface.zoom(meaning.factor);
          return;
        case 'pan':
          this.#surface.pan(meaning.dx, meaning.dy);
          return;
        case 'move':
          if (this.#current !== undefined) this.#surface.moveNode(this.#current, meaning.dx, meaning.dy);
          return;
        case 'stay':
      }
    });
    this.#side.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.#selected === undefined) return;
      event.preventDefault();
      this.#select(undefined);
      this.#element.focus();
    });
    // Where text is not typed, a slash searches.
    document.addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target === this.#search) return;
      event.preventDefault();
      this.#search.focus();
      this.#search.select();
    });
  }

  #listenToButtons(): void {
    const on = (id: string, does: () => void): void => byId(id, HTMLButtonElement).addEventListener('click', does);
    on('force', () => this.#layOut('force'));
    on('layered', () => this.#layOut('layered'));
    on('arrange', () => this.#layOut(this.#arrangement.kind));
    on('zoom-in', () => this.#surface.zoom(1.25));
    on('zoom-out', () => this.#surface.zoom(1 / 1.25));
    on('fit', () => this.#surface.fitAll());
    on('svg', () => {
      const title = `Mesh ${visibleName(this.#source?.label ?? '')}: ${countsSentence(this.#graph)}`;
      this.#host.post({ type: 'export', format: 'svg', text: exportSvg(this.#graph, this.#surface.theme, this.#emphasis(), title) });
    });
    on('png', () => void this.#exportPng());
    on('list', () => {
      this.#showPane(this.#listButton, document.body, 'with-list', !document.body.classList.contains('with-list'));
      this.#saveSoon();
    });
    on('help', () => {
      this.#showLegend(this.#legend.hidden !== false);
      this.#saveSoon();
    });
  }

  async #exportPng(): Promise<void> {
    try {
      const bytes = await exportPng(this.#graph, this.#surface.theme, this.#emphasis());
      this.#host.post({ type: 'export', format: 'png', bytes });
    } catch (error) {
      this.#announce(error instanceof Error ? error.message : String(error));
    }
  }

  #listenToSearch(): void {
    this.#search.addEventListener('input', () => {
      this.#find(this.#search.value);
      this.#surface.draw();
    });
    this.#search.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#goToMatch(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') {
        this.#search.value = '';
        this.#find('');
        this.#surface.draw();
        this.#element.focus();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  #find(text: string): void {
    this.#matches = search(this.#graph, text);
    this.#matchSet = this.#matches === undefined ? undefined : new Set(this.#matches);
    const said =
      this.#matches === undefined ? '' : this.#matches.length === 0 ? 'No match' : count(this.#matches.length, 'match', 'matches');
    if (this.#matchCount.textContent !== said) this.#matchCount.textContent = said;
  }

  #goToMatch(by: 1 | -1): void {
    const matches = this.#matches ?? [];
    if (matches.length === 0) return;
    const at = this.#current === undefined ? -1 : matches.indexOf(this.#current);
    const node = matches[at === -1 ? (by > 0 ? 0 : matches.length - 1) : (at + by + matches.length) % matches.length]!;
    this.#setCurrent(node);
    this.#select(node);
    this.#matchCount.textContent = `${matches.indexOf(node) + 1} of ${matches.length.toLocaleString('en')}`;
  }

  // --- memory ----------------------------------------------------------------------------------------------------

  #saveSoon(): void {
    this.#saveTimer ??= setTimeout(() => this.#save(), saveDelayMs);
  }

  #save(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    // Nothing is known before the first picture: what was remembered is worth more.
    if (this.#source === undefined || (this.#graph.nodes.size === 0 && this.#saved !== undefined)) return;
    this.#host.save({
      source: this.#source.id,
      layout: this.#arrangement.kind,
      positions: this.#arrangement.positions(),
      viewport: this.#surface.viewport,
      selected: this.#selected?.id,
      current: this.#current?.id,
      list: document.body.classList.contains('with-list'),
      legend: !this.#legend.hidden,
    });
  }
}
