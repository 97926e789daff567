/** The schema against the daemon's own help: no action, field, type, requirement or default may differ. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { defaultOf, hasSince, knowledgeOf } from '../../server/src/schema/knowledge.ts';
import type { FieldKind, FieldSpec } from '../../server/src/schema/knowledge.ts';
import { findReceptor, hasReceptor, receptorVersions } from '../harness/receptor.ts';

interface HelpField {
  readonly type: string;
  readonly required: boolean;
  readonly default: string | undefined;
}

/** Actions of `receptor --help` with their fields. */
function readHelp(binary: string): Map<string, Map<string, HelpField>> {
  const { stdout } = spawnSync(binary, ['--help'], { encoding: 'utf8', timeout: 20_000 });
  const actions = new Map<string, Map<string, HelpField>>();
  let fields: Map<string, HelpField> | undefined;
  for (const line of stdout.split('\n')) {
    const action = /^ {3}--([a-z-]+)(?: <\w+>)?:/.exec(line)?.[1];
    if (action !== undefined) actions.set(action, (fields = new Map<string, HelpField>()));
    const field = /^ {6}([a-z\d]+)=<([^>]*)>(.*)$/.exec(line);
    if (field === null || fields === undefined) continue;
    const [, name = '', type = '', rest = ''] = field;
    const extras = /\(((?:required|default: [^()]*)(?:, default: [^()]*)?)\)\s*$/.exec(rest)?.[1] ?? '';
    fields.set(name, { type, required: /\brequired\b/.test(extras), default: /default: (.*)$/.exec(extras)?.[1] });
  }
  return actions;
}

const types: Readonly<Record<string, FieldKind>> = {
  string: 'string',
  int: 'int',
  float64: 'float',
  bool: 'bool',
  '[]string (may be repeated)': 'strings',
  'JSON dict of string to float64': 'float-map',
  'JSON dict with string keys': 'any-map',
  'JSON list of JSON dict of JSON data to JSON data': 'firewall-rules',
};

/** What belongs to the command line alone. */
const commandLine = new Set(['help', 'config', 'bash-completion']);
/** A hook for receptor's own tests: a field by accident, of a type that no config can fill. */
const accidents = new Set(['osw']);

const defaultText = (field: FieldSpec, version: string): string | undefined => {
  const value = defaultOf(field, version);
  return value === undefined ? undefined : String(value);
};

/** Help writes `0600`, `1.0` and `False`. */
function sameDefault(help: string | undefined, ours: string | undefined): boolean {
  if (help === undefined || ours === undefined) return help === ours || (help === undefined && ours === 'false');
  return help.toLowerCase() === ours || Number(help.startsWith('0') && help.length > 1 ? `0o${help}` : help) === Number(ours);
}

describe.each(receptorVersions)('receptor %s --help', (version) => {
  it.skipIf(!hasReceptor(version))('lists what the schema holds', () => {
    const help = readHelp(findReceptor(version));
    for (const name of commandLine) help.delete(name);
    const ours = [...knowledgeOf('v1').actions.values()].filter((a) => !a.upstreamOnly && !a.hidden && hasSince(a.since, version));
    expect(ours.map((a) => a.name).sort()).toEqual([...help.keys()].sort());
    for (const action of ours) {
      const fields = new Map([...help.get(action.name)!].filter(([name]) => !accidents.has(name)));
      expect([...action.fields.keys()].sort(), action.name).toEqual([...fields.keys()].sort());
      for (const [name, field] of fields) {
        const spec = action.fields.get(name)!;
        const where = `${action.name}.${name}`;
        expect(types[field.type], where).toBe(spec.kind);
        expect(field.required, where).toBe(spec.required);
        expect(
          sameDefault(field.default, defaultText(spec, version)),
          `${where}: help says ${field.default}, we ${defaultText(spec, version)}`,
        ).toBe(true);
      }
    }
  });
});
