/** What a line typed in a control session asks for, and what must never reach the daemon. No `vscode`. */
import type { MeshSnapshot } from '../mesh/types.ts';
import { plain } from './hostile.ts';
import type { Completion } from './lineEditor.ts';

export type SessionCommand =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'help' | 'exit' | 'clear' }
  /** Not sent; `why` is told. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'simple'; readonly command: string | object }
  | { readonly kind: 'connect'; readonly node: string; readonly service: string; readonly tlsClient: string }
  | { readonly kind: 'submit'; readonly request: Submission }
  | { readonly kind: 'results'; readonly unitId: string; readonly startPos: number; readonly signature?: string };

export interface Submission {
  readonly node: string;
  readonly workType: string;
  readonly params?: string | Record<string, string>;
  readonly tlsClient?: string;
  readonly ttl?: string;
  readonly signWork?: boolean;
  readonly signature?: string;
  readonly unitId?: string;
}

const refused = (why: string): SessionCommand => ({ kind: 'refused', why });

export function readCommand(line: string): SessionCommand {
  const text = line.trim();
  if (text === '') return { kind: 'nothing' };
  if (text.startsWith('{')) return readJson(text);
  const [first, rest] = firstWord(text);
  const name = first.toLowerCase();
  if (name === 'help' || name === '?') return { kind: 'help' };
  if (name === 'exit' || name === 'quit') return { kind: 'exit' };
  if (name === 'clear') return { kind: 'clear' };
  if (name === 'connect') {
    const [node = '', service = '', tlsClient = '', more] = rest.split(/ +/);
    if (service === '' || more !== undefined) return refused('Usage: connect <node> <service> [<tls-client>]');
    return { kind: 'connect', node, service, tlsClient };
  }
  // The words that lead have one space between them, since the daemon takes two for an empty word; what they are told, e.g.
  // parameters and the name of a node, may have more, and is sent as it was typed.
  if (name !== 'work') return { kind: 'simple', command: joined(first, rest) };
  const [sub, args] = firstWord(rest);
  if (sub.toLowerCase() === 'submit') {
    const [node, afterNode] = firstWord(args);
    const [workType, params] = firstWord(afterNode);
    if (workType === '') return refused('Usage: work submit <node> <work type> [<parameters>]');
    return { kind: 'submit', request: { node, workType, ...(params === '' ? {} : { params }) } };
  }
  if (sub.toLowerCase() === 'results') {
    const [unitId = '', startPos = '0', more] = args.split(/ +/);
    if (unitId === '' || more !== undefined || !/^\d+$/.test(startPos)) return refused('Usage: work results <unit> [<start position>]');
    return { kind: 'results', unitId, startPos: Number(startPos) };
  }
  return { kind: 'simple', command: joined(first, sub, args) };
}

/** The first word, and what follows it and the spaces behind it. */
const firstWord = (text: string): [word: string, rest: string] => {
  const [word, rest = ''] = text.split(/ +(.*)/s);
  return [word!, rest];
};

const joined = (...words: readonly string[]): string => words.filter((word) => word !== '').join(' ');

const isText = (value: unknown): value is string => typeof value === 'string';

function readJson(text: string): SessionCommand {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    return refused(`That is no JSON: ${error instanceof Error ? error.message : String(error)}. Not sent.`);
  }
  const command = given as Record<string, unknown>;
  const { command: name } = command;
  if (!isText(name)) return refused('A command as JSON has a string "command", e.g. {"command":"status"}. Not sent.');
  const fields = command['requested_fields'];
  if (fields !== undefined && !Array.isArray(fields))
    return refused('"requested_fields" must be a list: anything else ends the whole daemon. Not sent.');
  if (name === 'connect') {
    const { node, service, tls = '' } = command;
    if (!isText(node) || !isText(service) || !isText(tls))
      return refused('"connect" wants the strings "node" and "service", and may have a string "tls". Not sent.');
    return { kind: 'connect', node, service, tlsClient: tls };
  }
  if (name !== 'work') return { kind: 'simple', command };
  const sub = isText(command['subcommand']) ? command['subcommand'].toLowerCase() : '';
  if (sub === 'submit') return readSubmission(command);
  if (sub === 'results') {
    const { unitid, startpos = 0, signature } = command;
    const position = Number(startpos);
    if (!isText(unitid) || !Number.isInteger(position) || position < 0 || !(signature === undefined || isText(signature)))
      return refused('"work results" wants a string "unitid" and a number "startpos", and may have a string "signature". Not sent.');
    return { kind: 'results', unitId: unitid, startPos: position, ...(signature === undefined ? {} : { signature }) };
  }
  return { kind: 'simple', command };
}

function readSubmission(command: Record<string, unknown>): SessionCommand {
  const {
    command: _command,
    subcommand: _subcommand,
    node,
    worktype,
    tlsclient,
    ttl,
    signwork,
    signature,
    workUnitID,
    ...params
  } = command;
  if (!isText(node) || !isText(worktype)) return refused('"work submit" wants the strings "node" and "worktype". Not sent.');
  const wrong = Object.entries(command).find(([, value]) => !isText(value));
  if (wrong !== undefined)
    return refused(`Every value of "work submit" must be a string, and ${JSON.stringify(wrong[0])} is not. Not sent.`);
  const texts = params as Record<string, string>;
  return {
    kind: 'submit',
    request: {
      node,
      workType: worktype,
      ...(Object.keys(texts).length > 0 ? { params: texts } : {}),
      ...(isText(tlsclient) ? { tlsClient: tlsclient } : {}),
      ...(isText(ttl) ? { ttl } : {}),
      ...(signwork === 'true' ? { signWork: true } : {}),
      ...(isText(signature) ? { signature } : {}),
      ...(isText(workUnitID) ? { unitId: workUnitID } : {}),
    },
  };
}

/** Whether a line may hold what must not be left on the disk: a signature, or a value of a `secret_` parameter. */
export function holdsSecret(line: string): boolean {
  const unescaped = line.replaceAll(/\\u([\da-f]{4})/gi, (_escape, code: string) => String.fromCharCode(parseInt(code, 16)));
  return /signature|secret_/i.test(unescaped);
}

const names = ['ping', 'status', 'connect', 'traceroute', 'reload', 'work', 'help', 'clear', 'exit'];
const workNames = ['submit', 'list', 'status', 'cancel', 'release', 'force-release', 'results'];

/** Completes commands, nodes, services, work types and units. `units` is asked only where a unit id may stand. */
export async function completeCommand(
  line: string,
  cursor: number,
  mesh: MeshSnapshot | undefined,
  units: () => Promise<readonly string[]>,
): Promise<Completion> {
  const before = line.slice(0, cursor);
  const words = before.split(' ');
  const from = before.length - (words.at(-1)?.length ?? 0);
  const [first = '', second = '', third = ''] = words.map((word, index) => (index < 2 ? word.toLowerCase() : word));
  const nodes = (): string[] => [...(mesh?.nodes.keys() ?? []), 'localhost'];
  const ofNode = <T>(id: string, read: (node: NonNullable<ReturnType<MeshSnapshot['nodes']['get']>>) => T[]): T[] => {
    const node = mesh?.nodes.get(id.toLowerCase() === 'localhost' ? mesh.self : id);
    return node === undefined ? [] : read(node);
  };
  const position = words.length;
  const candidates = async (): Promise<readonly string[]> => {
    if (position === 1) return names;
    if ((first === 'ping' || first === 'traceroute') && position === 2) return nodes();
    if (first === 'connect') {
      if (position === 2) return nodes();
      return position === 3
        ? ofNode(words[1] ?? '', (node) => node.services.filter(({ connType }) => connType !== 0).map(({ name }) => name))
        : [];
    }
    if (first !== 'work') return [];
    if (position === 2) return workNames;
    if (second === 'submit') {
      if (position === 3) return nodes();
      return position === 4 ? ofNode(third, (node) => node.workTypes.map(({ name }) => name)) : [];
    }
    return position === 3 && workNames.includes(second) ? await units() : [];
  };
  // What cannot be typed is no help, and what would steer the terminal must not reach it.
  const typeable = (candidate: string): boolean => plain(candidate, Infinity) === candidate;
  return { from, candidates: [...new Set(await candidates())].filter(typeable).sort() };
}

export const helpText = `Commands of the control service, as typed or as JSON:
  status                                    what the node knows of the mesh
  ping <node>, traceroute <node>            'localhost' is the node itself
  connect <node> <service> [<tls-client>]   the control service of another node, or any stream
  reload                                    read the config again
  work list [<unit>]                        work status|cancel|release|force-release <unit>
  work submit <node> <type> [<params>]      then the payload, ended by Ctrl+D
  work results <unit> [<start position>]    Ctrl+C stops following
Tab completes, arrows recall, Ctrl+C stops, Ctrl+D or 'exit' leaves.`;
