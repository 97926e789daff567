/** docs/rules.md lists every rule, and its examples are true. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../server/src/config/document.ts';
import { checkConfig } from '../../server/src/rules/check.ts';
import type { CheckContext } from '../../server/src/rules/context.ts';
import { fixtureDisk, fixtureTime } from '../server/rules/fixture-disk.ts';

const page = readFileSync('docs/rules.md', 'utf8');

interface Example {
  readonly kind: 'fails' | 'passes';
  readonly flags: readonly string[];
  readonly text: string;
}

const rules = page
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const code = /^\S+/.exec(section)![0];
    const [, severity = '', phase = ''] = /^\*(\w+), (\w+)\.\*/m.exec(section) ?? [];
    const examples = [...section.matchAll(/^```yaml (fails|passes)(.*)\n([\s\S]*?)^```/gm)].map((m): Example => ({
      kind: m[1] as Example['kind'],
      flags: m[2]!.trim().split(' '),
      text: m[3]!,
    }));
    return { code, severity, phase, examples };
  });

function check({ text, flags }: Example) {
  const flag = (name: string) => flags.find((f) => f.startsWith(`${name}=`))?.slice(name.length + 1);
  const at = flag('at');
  const context: CheckContext = {
    files: flags.includes('files') ? 'on' : 'off',
    fileSystem: fixtureDisk,
    baseDirectory: '/config',
    now: () => (at === undefined ? fixtureTime : Date.parse(at)),
  };
  return checkConfig(new ConfigDocument(text, { path: flag('path'), receptorVersion: flag('version') }), context);
}

describe('docs/rules.md', () => {
  it.each(rules)('$code: the examples are true', ({ code, severity, phase, examples }) => {
    expect(examples.map((e) => e.kind)).toEqual(['fails', 'passes']);
    const [fails, passes] = examples as [Example, Example];
    const found = check(fails);
    const own = found.filter((f) => f.code === code);
    expect(own.length, JSON.stringify(found, null, 1)).toBeGreaterThan(0);
    expect(own.map((f) => `${f.severity}, ${f.phase}`)).toContain(`${severity}, ${phase}`);
    // One finding per cause: nothing else is wrong with an example. (Two rules about the same field may have to follow.)
    expect(found.filter((f) => f.severity === 'error' && f.code !== code).map((f) => f.code)).toEqual([]);
    const good = check(passes);
    expect(
      good.filter((f) => f.code === code || f.severity === 'error' || f.severity === 'warning').map((f) => `${f.code}: ${f.message}`),
    ).toEqual([]);
  });

  it('has a section for every code, and no other', () => {
    const codes = new Set<string>();
    const sources = ['config', 'rules'].flatMap((room) =>
      readdirSync(`server/src/${room}`).map((file) => path.join('server/src', room, file)),
    );
    for (const file of sources) {
      const text = readFileSync(file, 'utf8');
      for (const [, code] of text.matchAll(/\bcode: '([a-z\d-]+)'/g)) codes.add(code!);
      for (const [, code] of text.matchAll(/code: \w+ === undefined \? '[a-z-]+' : '([a-z-]+)'/g)) codes.add(code!);
      for (const [, call] of text.matchAll(
        /\b(?:refusedAtStart|crashes|unwanted|advice|report|broken|fail|finding|refuse|this\.refused)\(([\s\S]{0,120}?)(?:`|'[A-Z`]|what)/g,
      )) {
        for (const [, code] of call!.matchAll(/'([a-z\d]+(?:-[a-z\d]+)+|address|cidr|date|duration|fingerprint)'/g)) codes.add(code!);
      }
    }
    const known = new Set(rules.map((r) => r.code));
    // Not every word in quotes is a code: names of actions and formats stand in the same places.
    const words = new Set([...codes].filter((code) => !known.has(code)));
    expect([...words].filter((word) => new RegExp(`code: '${word}'`).test(sources.map((f) => readFileSync(f, 'utf8')).join('\n')))).toEqual(
      [],
    );
    const everything = sources.map((f) => readFileSync(f, 'utf8')).join('\n');
    expect([...known].filter((code) => !everything.includes(`'${code}'`))).toEqual([]);
  });
});
