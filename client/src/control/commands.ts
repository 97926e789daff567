import { ControlError } from './errors.ts';
import type { Command } from './session.ts';
import type { SubmitRequest } from './types.ts';

/** Wrong use of the client, found before anything is sent. */
export const invalidArgument = (message: string, nextStep: string): ControlError =>
  new ControlError('invalid-argument', message, { nextStep });

/** Unit ids are joined into paths by the daemon unchecked: nothing else must reach it. @throws ControlError `invalid-argument` */
export function checkUnitId(unitId: unknown): asserts unitId is string {
  if (typeof unitId === 'string' && /^[A-Za-z0-9]+$/.test(unitId)) return;
  throw invalidArgument(
    `${JSON.stringify(unitId) ?? String(unitId)} is not the id of a unit.`,
    'Give an id as submitWork() or workList() told it: letters and digits.',
  );
}

/** A name that the daemon must get as a string with something in it. @throws ControlError `invalid-argument` */
export function checkName(what: string, value: unknown): asserts value is string {
  if (typeof value === 'string' && value !== '') return;
  throw invalidArgument(
    `The ${what} must be a string that is not empty, not ${JSON.stringify(value) ?? String(value)}.`,
    `Give the ${what}.`,
  );
}

/** A command in its JSON form; fields that are undefined are left out. */
export const jsonCommand = (name: string, fields: Record<string, unknown>): Command => {
  const [command, subcommand] = name.split(' ');
  const line = { command, subcommand, ...fields };
  return {
    name,
    line: JSON.stringify(line),
    ...('signature' in fields && fields['signature'] !== undefined ? { shown: JSON.stringify({ ...line, signature: '…' }) } : {}),
  };
};

/**
 * What `simpleCommand` sends: a string as it is, an object as JSON.
 * @throws ControlError `invalid-argument` for what is no single line, what takes over the connection, and what kills the daemon
 */
export function simpleCommandOf(command: string | object): Command {
  let line: string;
  try {
    line = typeof command === 'string' ? command : JSON.stringify(command);
  } catch (error) {
    throw new ControlError('invalid-argument', `The command can't be written as JSON: ${(error as Error).message}`, {
      nextStep: 'Give a plain object.',
      cause: error,
    });
  }
  if (typeof line !== 'string' || (typeof command !== 'string' && !line.startsWith('{'))) {
    throw invalidArgument('A command is a string or an object.', 'Give e.g. "status" or { command: "status" }.');
  }
  if (/[\r\n]/.test(line))
    throw invalidArgument(
      'A command is one line: it has a line break in it.',
      'Send each command by itself; in JSON write line breaks as \\n.',
    );
  if (line === '') throw invalidArgument('The command is empty: the daemon would never answer.', 'Give a command, e.g. "status".');
  const { name, fields } = line.startsWith('{') ? namesInJson(line) : namesInString(line);
  const instead = ownMethods.get(name);
  if (instead !== undefined)
    throw invalidArgument(`"${name}" turns the connection into a stream: it is no simple command.`, `Use ${instead}.`);
  if (fields !== undefined && 'requested_fields' in fields && !Array.isArray(fields['requested_fields'])) {
    throw invalidArgument(
      'requested_fields must be a list: anything else kills the daemon.',
      'Give a list of names, e.g. ["NodeID"], or use status(fields).',
    );
  }
  const secret = fields?.['signature'] !== undefined;
  return { name: name.slice(0, 100), line, ...(secret ? { shown: JSON.stringify({ ...fields, signature: '…' }) } : {}) };
}

const ownMethods = new Map([
  ['connect', 'connectToService() or connectToNode()'],
  ['work submit', 'submitWork()'],
  ['work results', 'getWorkResults()'],
]);

/** Lower case as Go makes it: unlike JavaScript it maps U+0130 to a bare i. */
const lowerCase = (text: string): string => text.toLowerCase().replaceAll('\u0307', '');

/** Command and sub-command, which only `work` has, as the daemon would read them. */
function namesInString(line: string): { name: string; fields?: undefined } {
  const [command = '', subcommand = ''] = line.split(' ').map(lowerCase);
  return { name: command === 'work' ? `work ${subcommand}` : command };
}

function namesInJson(line: string): { name: string; fields?: Record<string, unknown> } {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { name: 'JSON' }; // the daemon says what is wrong with it
  }
  const { command, subcommand } = fields as { command?: unknown; subcommand?: unknown };
  const name = typeof command === 'string' ? lowerCase(command) : 'JSON';
  return { name: name === 'work' ? `work ${typeof subcommand === 'string' ? lowerCase(subcommand) : ''}` : name, fields };
}

/** Keys of the submit command that are no parameters. */
export const reservedKeys: ReadonlySet<string> = new Set([
  'command',
  'subcommand',
  'node',
  'worktype',
  'tlsclient',
  'ttl',
  'signwork',
  'signature',
  'workUnitID',
]);

/**
 * The line of a submission: the daemon takes strings only, and every key it does not know is a parameter.
 * @throws ControlError `invalid-argument`
 */
export function submitCommand(request: SubmitRequest): Command {
  const { node = 'localhost', workType, params, tlsClient, ttl, signWork, signature, unitId } = request;
  checkName('node', node);
  checkName('workType', workType);
  for (const [what, value] of Object.entries({ tlsClient, ttl, signature }))
    if (value !== undefined && typeof value !== 'string') checkName(what, value);
  if (signWork !== undefined && typeof signWork !== 'boolean') throw invalidArgument('signWork is true or false.', 'Give a boolean.');
  if (unitId !== undefined) checkUnitId(unitId);
  const parameters = paramsOf(params);
  const fields = {
    node,
    worktype: workType,
    tlsclient: tlsClient === '' ? undefined : tlsClient,
    ttl: ttl === '' ? undefined : ttl,
    signwork: signWork === true ? 'true' : undefined,
    signature: signature === '' ? undefined : signature,
    workUnitID: unitId,
    ...parameters,
  };
  // Parameters may be anything, kubeconfigs and pods with secrets in them too: the trace shows their names.
  const shown = {
    ...fields,
    ...Object.fromEntries(Object.keys(parameters).map((key) => [key, '…'])),
    ...(fields.signature === undefined ? {} : { signature: '…' }),
  };
  return { ...jsonCommand('work submit', fields), shown: jsonCommand('work submit', shown).line };
}

function paramsOf(params: SubmitRequest['params']): Record<string, string> {
  if (params === undefined || params === '' || params === null) return {};
  if (typeof params === 'string') return { params };
  if (typeof params !== 'object' || Array.isArray(params)) {
    throw invalidArgument(
      'params must be a string or an object.',
      'Give "all runtime parameters in one string", or { name: value } for parameters with names of their own.',
    );
  }
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined) continue;
    if (key === '' || reservedKeys.has(key))
      throw invalidArgument(`A parameter can't be named ${JSON.stringify(key)}.`, 'Use the option of submitWork() for it.');
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw invalidArgument(`The parameter ${JSON.stringify(key)} is no string.`, 'The daemon takes strings only.');
    found[key] = String(value);
  }
  return found;
}
