import type { Finding } from '../config/findings.ts';
import type { ConfigField, ItemReading } from '../config/model.ts';
import { fieldOf } from '../config/model.ts';
import type { ItemRule, Scope } from './rule.ts';
import { has, isEmpty, isTrue, nameSpan, refusedAtStart, spanOf, textOf, unwanted } from './rule.ts';

/** TLS items, as far as the text alone tells: names, pairs, fingerprints, options without effect. */
export const tlsRules: ItemRule = (item, scope) => {
  const findings: Finding[] = [];
  const name = fieldOf(item, 'name');
  if (name?.value === '')
    findings.push(
      refusedAtStart(
        item,
        scope,
        spanOf(name, item),
        'tls-name-empty',
        'Give it a name, which `tls` fields can refer to.',
        'must provide a name',
      ),
    );
  const server = item.spec?.name === 'tls-server';
  findings.push(...(server ? emptyPair(item, scope) : halfPair(item, scope)));
  for (const pins of item.fields.filter((f) => f.spec?.elementFormat === 'fingerprint')) findings.push(...fingerprints(item, scope, pins));
  findings.push(...(server ? serverNoOps(item) : clientNoOps(item)));
  return findings;
};

/** A file's path. What is absent the schema of v1 says; to v2 it is empty. */
const pathOf = (item: ItemReading, scope: Scope, name: 'cert' | 'key'): string | undefined =>
  scope.format === 'v2' && isEmpty(item, name) ? '' : textOf(item, name);

function emptyPair(item: ItemReading, scope: Scope): Finding[] {
  const empty = (['cert', 'key'] as const).filter((name) => pathOf(item, scope, name) === '');
  const daemon = 'error preparing tls server config: open : no such file or directory';
  return empty.length === 0 ? [] : [notAPair(item, scope, empty, 'A TLS server needs a certificate and its key.', daemon)];
}

function halfPair(item: ItemReading, scope: Scope): Finding[] {
  const cert = pathOf(item, scope, 'cert');
  const key = pathOf(item, scope, 'key');
  if (cert === undefined || key === undefined || (cert === '') === (key === '')) return [];
  const what = `A certificate needs its key and the reverse: write both, or ${scope.format === 'v1' ? '"" for both' : 'none of the two'}.`;
  const daemon = 'error preparing tls client config: cert and key must both be supplied or neither';
  return [notAPair(item, scope, [cert === '' ? 'cert' : 'key'], what, daemon)];
}

/** Points to the first that is empty; where it is absent, to what the entry has. */
function notAPair(item: ItemReading, scope: Scope, empty: readonly string[], what: string, daemon: string): Finding {
  const at = [empty[0]!, 'cert', 'key', 'name'].map((name) => fieldOf(item, name)).find((field) => field !== undefined);
  const absent = empty.filter((name) => !has(item, name));
  return refusedAtStart(item, scope, at === undefined ? nameSpan(item) : spanOf(at, item), 'tls-half-pair', what, daemon, {
    fixes: absent.length === 0 ? [] : [{ kind: 'add-fields', names: absent }],
  });
}

function fingerprints(item: ItemReading, scope: Scope, field: ConfigField): Finding[] {
  const side = item.spec?.name === 'tls-server' ? 'server' : 'client';
  for (const part of field.parts) {
    if (typeof part.read !== 'string') continue;
    const hex = part.read.replaceAll(':', '');
    const span = part.value?.span ?? spanOf(field, item);
    const refused = (what: string, daemon: string): Finding[] => [
      refusedAtStart(item, scope, span, 'fingerprint', what, `error preparing tls ${side} config: error decoding fingerprints: ${daemon}`),
    ];
    if (!/^(?:[0-9a-fA-F]{2})*$/.test(hex))
      return refused('A fingerprint is written in hex digits, with or without colons.', 'error decoding fingerprint');
    if (hex.length !== 64 && hex.length !== 128)
      return refused(
        `A fingerprint has 32 bytes (SHA-256) or 64 (SHA-512), this one ${hex.length / 2}.`,
        'fingerprints must be 32 or 64 bytes for sha256 or sha512',
      );
  }
  return [];
}

function serverNoOps(item: ItemReading): Finding[] {
  const findings: Finding[] = [];
  const pins = fieldOf(item, 'pinnedclientcert');
  const required = fieldOf(item, 'requireclientcert');
  const wants = required !== undefined && required.value !== false;
  if (pins !== undefined && pins.parts.length > 0 && !wants && isEmpty(item, 'clientcas')) {
    findings.push(
      unwanted(
        pins.key?.span ?? pins.span,
        'pins-unused',
        'Without `requireclientcert: true` no client certificate is asked for: the pinned ones are never checked.',
      ),
    );
  }
  if (isTrue(item, 'requireclientcert') && isEmpty(item, 'clientcas')) {
    findings.push(
      unwanted(
        required?.key?.span ?? item.span,
        'client-cas-missing',
        'Without `clientcas` client certificates are verified against the authorities of the system, which know no node of your mesh.',
      ),
    );
  } else if (required?.value === false && (textOf(item, 'clientcas') ?? '') !== '') {
    const message = 'With `clientcas` clients without a certificate are refused all the same: remove one of the two.';
    findings.push(unwanted(spanOf(required, item), 'client-cert-optional', message));
  }
  return findings;
}

function clientNoOps(item: ItemReading): Finding[] {
  if (!isTrue(item, 'insecureskipverify')) return [];
  const pins = fieldOf(item, 'pinnedservercert');
  if (pins === undefined || pins.parts.length === 0) return [];
  return [
    unwanted(pins.key?.span ?? pins.span, 'pins-unused', 'With `insecureskipverify: true` the pinned certificates are never checked.'),
  ];
}
