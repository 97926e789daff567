/** `${…}` in work files. What a variable stands for may be secret: no message of this file has it. */

export interface VariableContext {
  /** Absolute path of the work file. */
  readonly file: string;
  /** Absolute path of the workspace folder that it is in. */
  readonly workspaceFolder: string | undefined;
  readonly home: string;
  readonly env: (name: string) => string | undefined;
}

/** A variable that has no value; the message names it. */
export class VariableError extends Error {
  override name = 'VariableError';
  /** As written, e.g. `${env:HOME}`. */
  readonly variable: string;
  constructor(variable: string, why: string) {
    super(`${variable} ${why}`);
    this.variable = variable;
  }
}

export const variableNames: Readonly<Record<string, string>> = {
  workspaceFolder: 'folder of the workspace that holds this file',
  workspaceFolderBasename: 'name of that folder',
  file: 'this file',
  fileDirname: 'folder of this file',
  fileBasename: 'name of this file',
  fileBasenameNoExtension: 'name of this file without its last ending',
  userHome: 'home folder of the user',
  'env:NAME': 'variable NAME of the environment of VS Code',
};

const pattern = /\$\{([^{}]*)\}/g;

/** Occurrences in a text, for diagnostics. `start` and `end` are offsets. */
export const variablesIn = (text: string): { name: string; start: number; end: number }[] =>
  [...text.matchAll(pattern)].map((found) => ({ name: found[1]!, start: found.index, end: found.index + found[0].length }));

/** Whether such a variable exists at all. */
export const isVariable = (name: string): boolean => /^env:./.test(name) || (name !== 'env:NAME' && Object.hasOwn(variableNames, name));

/** Whether its value depends on the environment, where people keep secrets. */
export const readsEnvironment = (text: string): boolean => variablesIn(text).some(({ name }) => name.startsWith('env:'));

/** @throws VariableError for a variable that does not exist or has no value */
export const expandVariables = (text: string, context: VariableContext): string =>
  text.replaceAll(pattern, (whole, name: string) => {
    const value = valueOf(name, context);
    if (value !== undefined) return value;
    if (name.startsWith('env:')) throw new VariableError(whole, 'is not set in the environment of VS Code.');
    if (name.startsWith('workspaceFolder')) throw new VariableError(whole, 'has no value: the file is in no folder of the workspace.');
    throw new VariableError(whole, `is not known. Known are ${Object.keys(variableNames).join(', ')}.`);
  });

function valueOf(name: string, { file, workspaceFolder, home, env }: VariableContext): string | undefined {
  if (name.startsWith('env:')) return env(name.slice(4));
  const base = nameOf(file);
  switch (name) {
    case 'workspaceFolder':
      return workspaceFolder;
    case 'workspaceFolderBasename':
      return workspaceFolder === undefined ? undefined : nameOf(workspaceFolder);
    case 'file':
      return file;
    case 'fileDirname':
      return file.slice(0, Math.max(0, file.length - base.length - 1)) || '/';
    case 'fileBasename':
      return base;
    case 'fileBasenameNoExtension':
      return base.replace(/(.)\.[^.]*$/, '$1');
    case 'userHome':
      return home;
    default:
      return undefined;
  }
}

const nameOf = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
