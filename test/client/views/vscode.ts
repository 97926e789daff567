// Stands in for the editor in unit tests of views: the part of the API that they use, and `editor`, by which a test is the user.
import { readFile } from 'node:fs/promises';

interface Disposing {
  dispose(): unknown;
}

export class Disposable {
  readonly #end: () => unknown;
  constructor(end: () => unknown) {
    this.#end = end;
  }
  static from(...all: Disposing[]): Disposable {
    return new Disposable(() => {
      for (const each of all) each.dispose();
    });
  }
  dispose(): void {
    this.#end();
  }
}

export class EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => unknown>();
  readonly event = (listener: (value: T) => unknown): Disposable => {
    this.#listeners.add(listener);
    return new Disposable(() => this.#listeners.delete(listener));
  };
  fire(value: T): void {
    for (const listener of Array.from(this.#listeners)) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const OverviewRulerLane = { Left: 1 };
export const LanguageStatusSeverity = { Information: 0, Warning: 1 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const TextDocumentSaveReason = { Manual: 1, AfterDelay: 2, FocusOut: 3 };
export const TerminalExitReason = { Unknown: 0, Shutdown: 1, Process: 2, User: 3, Extension: 4 };
export const ProgressLocation = { Window: 10, Notification: 15 };
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 };

export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeIcon {
  readonly id: string;
  readonly color: ThemeColor | undefined;
  constructor(id: string, color?: ThemeColor) {
    this.id = id;
    this.color = color;
  }
}

export class TreeItem {
  readonly label: string;
  readonly collapsibleState: number;
  constructor(label: string, collapsibleState: number) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

export class MarkdownString {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

interface Message {
  readonly kind: 'error' | 'warning' | 'information';
  readonly text: string;
  readonly buttons: readonly string[];
  /** The user presses a button, or closes it. */
  choose(button?: string): void;
}

interface StatusBarItem {
  tooltip: string;
  text: string;
  shown: boolean;
  show(): void;
  hide(): void;
  dispose(): void;
}

interface TreeView {
  visible: boolean;
  badge: { value: number; tooltip: string } | undefined;
  description: string | undefined;
  message: string | undefined;
  readonly selection: readonly unknown[];
  show(visible: boolean): void;
}

/** What an extension shows in a terminal. */
interface Pty {
  readonly onDidWrite: (listener: (text: string) => unknown) => Disposable;
  readonly onDidClose?: (listener: (code: unknown) => unknown) => Disposable;
  open(dimensions: undefined): void;
  close(): void;
  setDimensions(dimensions: { columns: number }): void;
  handleInput(data: string): void;
}

interface Terminal {
  readonly name: string;
  readonly pty: Pty;
  /** All that was written. */
  text: string;
  /** As VS Code does it: whoever made it is told first, and not why. */
  close(reason: number): void;
}

/** One that an extension gives the text of. */
interface Document {
  readonly uri: { readonly scheme: string; toString(): string };
  readonly languageId: string;
  getText(): string;
}

interface ContentProvider {
  readonly onDidChange: (listener: (uri: Document['uri']) => unknown) => Disposable;
  provideTextDocumentContent(uri: Document['uri']): Promise<string>;
}

interface Progress {
  readonly title: string;
  readonly messages: string[];
  cancel(): void;
}

interface Box {
  readonly title: string;
  readonly value: string;
  readonly validateInput?: (value: string) => string | undefined;
}

type Item = string | { readonly label: string; readonly detail?: string };

interface QuickPick {
  value: string;
  items: readonly Item[];
  busy: boolean;
  selectedItems: readonly Item[];
  readonly type: (value: string) => void;
  readonly accept: (item?: Item) => void;
}
type Target = 'user' | 'workspace';

const configurationChanged = new EventEmitter<{ affectsConfiguration(section: string): boolean }>();
const willSave = new EventEmitter<object>();
const didSave = new EventEmitter<object>();
const textChanged = new EventEmitter<{ readonly document: Document }>();
/** Documents of content providers, by their address. */
const openDocuments = new Map<string, { readonly document: Document; readonly renew: () => Promise<void> }>();
const contents = new Map<string, ContentProvider>();
const terminalClosed = new EventEmitter<object>();
const trustGranted = new EventEmitter<void>();
const never = new EventEmitter<unknown>().event;

/** What the user sees and does. */
export const editor = {
  messages: [] as Message[],
  settings: { user: {}, workspace: {} } as Record<Target, Record<string, unknown>>,
  context: {} as Record<string, unknown>,
  statusBar: [] as StatusBarItem[],
  trees: [] as TreeView[],
  progress: [] as Progress[],
  quickPicks: [] as QuickPick[],
  terminals: [] as Terminal[],
  trusted: true,
  folders: undefined as string[] | undefined,
  documents: [] as object[],
  taskProvider: undefined as TaskProvider | undefined,
  /** By the file's path. */
  diagnostics: new Map<string, Diagnostic[]>(),
  /** Answers quick picks and input boxes; undefined leaves them. */
  pick: (_items: readonly Item[], _title: string): Item | undefined => undefined,
  type: (_box: Box): string | undefined => undefined,

  reset(): void {
    for (const list of [editor.messages, editor.statusBar, editor.trees, editor.progress, editor.quickPicks, editor.terminals])
      list.length = 0;
    Object.assign(editor, {
      settings: { user: {}, workspace: {} },
      context: {},
      trusted: true,
      folders: undefined,
      documents: [],
      diagnostics: new Map(),
    });
    Object.assign(editor, { pick: () => undefined, type: () => undefined });
    configurationChanged.dispose();
    trustGranted.dispose();
    terminalClosed.dispose();
    textChanged.dispose();
    willSave.dispose();
    didSave.dispose();
    openDocuments.clear();
  },
  /** @param reason undefined for a save that is not announced. Resolves when VS Code would write the file. */
  async save(document: object, reason: number | undefined): Promise<void> {
    const awaited: Promise<unknown>[] = [];
    if (reason !== undefined) willSave.fire({ document, reason, waitUntil: (work: Promise<unknown>) => awaited.push(work) });
    await Promise.all(awaited);
    didSave.fire(document);
  },
  /** Changes a setting, named without `receptor.`. */
  set(name: string, value: unknown, target: Target = 'user'): void {
    editor.settings[target][name] = value;
    configurationChanged.fire({ affectsConfiguration: (section) => `receptor.${name}`.startsWith(section) });
  },
};

const show =
  (kind: Message['kind']) =>
  (text: string, ...rest: (string | object)[]): Promise<string | undefined> =>
    new Promise((resolve) => {
      const buttons = rest.filter((each) => typeof each === 'string');
      editor.messages.push({ kind, text, buttons, choose: resolve });
    });

export const window = {
  activeTextEditor: undefined,
  visibleTextEditors: [] as object[],
  createTextEditorDecorationType: (options: object): object => ({ ...options, dispose: () => undefined }),
  state: { focused: true },
  onDidChangeActiveTextEditor: never,
  onDidChangeWindowState: never,
  showErrorMessage: show('error'),
  showWarningMessage: show('warning'),
  showInformationMessage: show('information'),
  showQuickPick: async (items: readonly Item[], { title }: { title: string }): Promise<Item | undefined> => editor.pick(items, title),
  showInputBox: async (box: Box): Promise<string | undefined> => editor.type(box),
  withProgress: (options: { title: string }, task: (progress: object, token: object) => unknown): unknown => {
    const cancelled = new EventEmitter<void>();
    const token = { isCancellationRequested: false, onCancellationRequested: cancelled.event };
    const messages: string[] = [];
    const cancel = (): void => {
      token.isCancellationRequested = true;
      cancelled.fire();
    };
    editor.progress.push({ title: options.title, messages, cancel });
    return task({ report: ({ message }: { message?: string }) => messages.push(message ?? '') }, token);
  },
  createQuickPick: (): QuickPick => {
    const [accepted, hidden, changed] = [new EventEmitter<void>(), new EventEmitter<void>(), new EventEmitter<string>()];
    const pick = {
      value: '',
      items: [],
      selectedItems: [] as Item[],
      activeItems: [] as Item[],
      busy: false,
      onDidAccept: accepted.event,
      onDidHide: hidden.event,
      onDidChangeValue: changed.event,
      onDidTriggerItemButton: never,
      show: () => undefined,
      dispose: () => undefined,
      type: (value: string): void => {
        pick.value = value;
        changed.fire(value);
      },
      accept: (item?: Item): void => {
        pick.selectedItems = item === undefined ? [] : [item];
        (item === undefined ? hidden : accepted).fire();
      },
    };
    editor.quickPicks.push(pick);
    return pick;
  },
  createStatusBarItem: (): StatusBarItem => {
    const item: StatusBarItem = {
      tooltip: '',
      text: '',
      shown: false,
      show: () => void (item.shown = true),
      hide: () => void (item.shown = false),
      dispose: () => undefined,
    };
    editor.statusBar.push(item);
    return item;
  },
  createTerminal: ({ name, pty }: { name: string; pty: Pty }): object => {
    const given: { show(): void; exitStatus?: { reason: number } } = { show: () => pty.open(undefined) };
    const close = (reason: number): void => {
      pty.close();
      given.exitStatus = { reason };
      terminalClosed.fire(given);
    };
    const terminal = { name, pty, text: '', close };
    editor.terminals.push(terminal);
    pty.onDidWrite((text) => (terminal.text += text));
    return given;
  },
  onDidCloseTerminal: terminalClosed.event,
  registerTerminalLinkProvider: () => new Disposable(() => undefined),
  createTreeView: (): TreeView => {
    const visibility = new EventEmitter<void>();
    const view = {
      visible: false,
      badge: undefined,
      description: undefined,
      message: undefined,
      selection: [],
      onDidChangeVisibility: visibility.event,
      onDidChangeSelection: never,
      show: (visible: boolean): void => {
        view.visible = visible;
        visibility.fire();
      },
      dispose: () => undefined,
    };
    editor.trees.push(view);
    return view;
  },
};

const nameOf = (target: number): Target => (target === ConfigurationTarget.Global ? 'user' : 'workspace');

export const workspace = {
  get isTrusted(): boolean {
    return editor.trusted;
  },
  get workspaceFolders(): object[] | undefined {
    return editor.folders?.map((fsPath) => ({ uri: { fsPath } }));
  },
  get textDocuments(): object[] {
    return editor.documents;
  },
  onDidOpenTextDocument: never,
  onDidChangeTextDocument: textChanged.event,
  registerTextDocumentContentProvider: (scheme: string, provider: ContentProvider): Disposable => {
    contents.set(scheme, provider);
    return provider.onDidChange((uri) => void openDocuments.get(uri.toString())?.renew());
  },
  openTextDocument: async (uri: Document['uri']): Promise<object> => {
    const open = openDocuments.get(uri.toString());
    if (open !== undefined) return open.document;
    const provider = contents.get(uri.scheme)!;
    let text = await provider.provideTextDocumentContent(uri);
    const document = { uri, languageId: 'plaintext', getText: () => text };
    const renew = async (): Promise<void> => {
      const before = text;
      text = await provider.provideTextDocumentContent(uri);
      if (text !== before) textChanged.fire({ document });
    };
    openDocuments.set(uri.toString(), { document, renew });
    editor.documents.push(document);
    return document;
  },
  onWillSaveTextDocument: willSave.event,
  onDidSaveTextDocument: didSave.event,
  onDidCloseTextDocument: never,
  findFiles: async () => [],
  fs: { readFile: async ({ fsPath }: { fsPath: string }) => readFile(fsPath) },
  getWorkspaceFolder: ({ fsPath }: { fsPath: string }) => editor.folders?.find((folder) => fsPath.startsWith(`${folder}/`)),
  createFileSystemWatcher: () => ({ onDidCreate: never, onDidDelete: never, dispose: () => undefined }),
  asRelativePath: ({ fsPath }: { fsPath: string }) => fsPath.split('/').at(-1),
  onDidChangeConfiguration: configurationChanged.event,
  onDidGrantWorkspaceTrust: trustGranted.event,
  getConfiguration: () => ({
    get: (name: string, otherwise: unknown) => editor.settings.workspace[name] ?? editor.settings.user[name] ?? otherwise,
    inspect: (name: string) => ({ globalValue: editor.settings.user[name], workspaceValue: editor.settings.workspace[name] }),
    update: async (name: string, value: unknown, target: number) => editor.set(name, value, nameOf(target)),
  }),
};

export const commands = {
  executeCommand: async (command: string, ...args: unknown[]): Promise<void> => {
    if (command === 'setContext') editor.context[String(args[0])] = args[1];
  },
};

export class Uri {
  readonly scheme: string = '';
  static file(fsPath: string): Uri {
    return Object.assign(new Uri(), { scheme: 'file', fsPath, path: fsPath, toString: () => `file://${fsPath}` });
  }
  static from(parts: { scheme: string; path: string; query: string }): Uri {
    return Object.assign(new Uri(), parts, { toString: () => `${parts.scheme}:${parts.path}?${parts.query}` });
  }
}

export class Range {
  readonly start: object;
  readonly end: object;
  constructor(start: object, end: object) {
    this.start = start;
    this.end = end;
  }
}

export const TextEdit = {
  delete: (range: Range) => ({ range, newText: '' }),
  insert: (position: object, newText: string) => ({ range: new Range(position, position), newText }),
  replace: (range: Range, newText: string) => ({ range, newText }),
};

export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };

export class Diagnostic {
  readonly range: Range;
  readonly message: string;
  readonly severity: number;
  constructor(range: Range, message: string, severity: number) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

export const languages = {
  createLanguageStatusItem: () => ({ dispose: () => undefined }),
  getDiagnostics: () => [],
  /** Without the names: what one collection shows is what its file has of it. */
  createDiagnosticCollection: () => ({
    set: ({ fsPath }: { fsPath: string }, found: Diagnostic[]) => void editor.diagnostics.set(fsPath, found),
    delete: ({ fsPath }: { fsPath: string }) => void editor.diagnostics.delete(fsPath),
    dispose: () => editor.diagnostics.clear(),
  }),
};

export const EndOfLine = { LF: 1, CRLF: 2 };

export const TaskScope = { Global: 1, Workspace: 2 };

export class CustomExecution {
  readonly open: () => Promise<Pty>;
  constructor(open: () => Promise<Pty>) {
    this.open = open;
  }
}

export class Task {
  readonly definition: object;
  readonly execution: CustomExecution;
  constructor(definition: object, _scope: unknown, _name: string, _source: string, execution: CustomExecution) {
    this.definition = definition;
    this.execution = execution;
  }
}

interface TaskProvider {
  provideTasks(): Promise<Task[]>;
  resolveTask(task: object): Task;
}

export const tasks = {
  registerTaskProvider: (_type: string, provider: TaskProvider): Disposable => {
    editor.taskProvider = provider;
    return new Disposable(() => undefined);
  },
};
