import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../server/src/config/document.ts';
import { hover } from '../../../server/src/service/hover.ts';
import { marked } from './marked.ts';

function told(source: string, receptorVersion?: string): string {
  const { text, offset } = marked(source);
  const document = new ConfigDocument(text, { receptorVersion });
  const found = hover(document, document.positionAt(offset));
  if (found === undefined) return '';
  return (found.contents as { value: string }).value;
}

describe('hover on actions and fields', () => {
  it.each([
    ['- tcp-li|stener:\n    port: 1', ['**tcp-listener**', 'applied by a reload', 'Required: `port`', 'v2: `tcp-listeners`', '```yaml']],
    ['- no|de:\n    id: a', ['**node**', 'needs a restart', 'At most once']],
    ['- local-o|nly', ['**local-only**']],
    ['- tcp-listener:\n    po|rt: 1', ['**port**', 'whole number', 'required', 'applied by a reload']],
    ['- tls-server:\n    mintls1|3: true', ['since 1.6: `true`', 'needs a restart']],
    ['- tls-server:\n    Min|TLS13: true', ['**mintls13**']],
    ['- log-level: in|fo', ['**level**', '`debug`']],
    ['- log-level:\n    level: WARN|ING', ['**level**']],
  ] as const)('%j', (source, parts) => {
    for (const part of parts) expect(told(source)).toContain(part);
  });

  it('works in v2 and on its sections', () => {
    expect(told('tcp-list|eners:\n  - port: 1')).toContain('v1: `tcp-listener`');
    expect(told('tcp-listeners:\n  - po|rt: 1')).toContain('**port**');
    for (const source of ['tcp-list|eners:\n  - port: 1', 'tcp-listeners:\n  - po|rt: 1'])
      expect(told(source)).toContain('applied when the file is saved: the node watches it');
    expect(told('tls-servers:\n  - na|me: s')).toContain('needs a restart');
    expect(told('tcp-listeners:\n  - po|rt:\n    cost: 2')).toContain('**port**');
    expect(told('tls-servers:\n  - min|tls13: true')).toContain('false by default in v2');
  });

  it('works on text that is broken', () => {
    expect(told('- tcp-listener:\n    po|rt: [\n- node:\n\tid: a')).toContain('**port**');
    expect(told('- tcp-lis|tener: {')).toContain('**tcp-listener**');
  });

  it('says nothing elsewhere', () => {
    for (const source of ['# no|de', '- fo|o: {}', '- node:\n    id: a\n|']) expect(told(source)).toBe('');
  });
});

describe('hover on values says what the daemon makes of them', () => {
  it.each([
    ['- control-service:\n    permissions: 06|60', 'Mode `0660` `rw-rw----`: its owner and its group can connect'],
    ['- control-service:\n    permissions: 6|60', '`-w--w-r--`'],
    ['- work-signing:\n    privatekey: k\n    tokenexpiration: 1h3|0m', '1 hour 30 minutes'],
    ['- node:\n    maxidleconnectiontimeout: 4|5s', '45 seconds'],
    ['- tcp-listener:\n    port: 02|222', 'The daemon reads `1170`'],
    ['- node:\n    id: y|es', 'The daemon reads `true`'],
  ])('%j', (source, part) => expect(told(source)).toContain(part));

  it('and nothing where that is plain', () => expect(told('- tcp-listener:\n    port: 22|22')).not.toContain('The daemon reads'));
});

describe('hover on firewall rules', () => {
  const rule = (text: string): string => told(`- node:\n    firewallrules:\n      - ${text}`);
  it.each([
    [
      'action: re|ject\n        fromnode: a\n        toservice: control',
      'Rejects, and tells the sender of, packets from node `a`, to service `control`.',
    ],
    ['action: accept\n        fromnode: /a.*/|', 'Accepts packets from node matching `^a.*$`.'],
    ['action: d|rop', 'Silently drops every packet.'],
    ['action: drop\n        fromnode: /(|/', 'is no valid regular expression and is ignored'],
    ['action: drop\n        fromnode: /(?!admin).*|/', 'is no valid regular expression and is ignored'],
    ['action: drop\n        fromnode: /awx\\-.*|/', 'from node matching `^awx\\-.*$`'],
    ['action: drop\n        fromnode: /[[:alpha:]]+|/', 'from node matching `^[[:alpha:]]+$`'],
    ['action: drop\n        fromnode: /|', 'A lone slash in `fromnode` makes the daemon crash.'],
    ['action: blo|ck', 'No known action'],
  ])('%j', (text, part) => expect(rule(text)).toContain(part));
});

it('shows text of the file literally', () => {
  const said = told('- node:\n    firewallrules:\n      - action: dr|op\n        fromnode: "` [x](command:evil) <img>"');
  expect(said).toContain('`` ` [x](command:evil) <img> ``');
});
