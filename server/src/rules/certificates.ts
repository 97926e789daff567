import type { Finding } from '../config/findings.ts';
import type { ConfigField, ItemReading } from '../config/model.ts';
import { fieldOf } from '../config/model.ts';
import { isIp } from './addresses.ts';
import type { ItemRule, Scope } from './rule.ts';
import { isEmpty, nameSpan, refusedAtStart, spanOf, textOf } from './rule.ts';

/** The actions that make certificates and end: what they refuse before they touch a file. */
export const certificateRules: ItemRule = (item, scope) => {
  const findings: Finding[] = [];
  const common = fieldOf(item, 'commonname');
  if (common?.value === '')
    findings.push(
      refusedAtStart(item, scope, spanOf(common, item), 'common-name', 'Give the certificate a common name.', 'must provide CommonName'),
    );
  for (const name of ['notbefore', 'notafter']) findings.push(...date(item, scope, fieldOf(item, name)));
  if (item.spec?.name === 'cert-makereq') findings.push(...request(item, scope));
  findings.push(...keySize(item, scope), ...emptyPaths(item, scope));
  return findings;
};

/** The smallest RSA key that can sign with SHA-256. */
const smallestKey = 489;

function keySize(item: ItemReading, scope: Scope): Finding[] {
  const bits = fieldOf(item, 'bits');
  if (typeof bits?.value !== 'number' || bits.value === 0 || bits.value >= smallestKey) return [];
  // With an existing key its size is wrong whatever it says.
  if ((textOf(item, 'inkey') ?? '') !== '') return [];
  const daemon = bits.value < 10 ? 'rsa: key too small' : 'crypto/rsa: message too long for RSA key size';
  return [refusedAtStart(item, scope, spanOf(bits, item), 'key-bits', 'No key this small can sign: write `2048` or more.', daemon)];
}

function emptyPaths(item: ItemReading, scope: Scope): Finding[] {
  return item.fields
    .filter(({ spec, value }) => spec?.path !== undefined && spec.required && value === '')
    .map((field) => refusedAtStart(item, scope, spanOf(field, item), 'path-empty', 'Name a file.', 'open : no such file or directory'));
}

function date(item: ItemReading, scope: Scope, field: ConfigField | undefined): Finding[] {
  const text = field?.value;
  if (field === undefined || typeof text !== 'string' || text === '' || isRfc3339(text)) return [];
  const daemon = `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse`;
  return [
    refusedAtStart(item, scope, spanOf(field, item), 'date', 'Write date and time in RFC 3339, such as `2030-01-01T00:00:00Z`.', daemon),
  ];
}

/** `time.Parse(time.RFC3339, text)` succeeds. */
export function isRfc3339(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d))$/.exec(text);
  if (match === null) return false;
  const [year, month, day, hour, minute, second, offsetHour = 0, offsetMinute = 0] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number?,
    number?,
  ];
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 || offsetHour > 24 || offsetMinute > 60) return false;
  return day >= 1 && day <= new Date(Date.UTC(year === 0 ? 400 : year, month, 0)).getUTCDate();
}

function request(item: ItemReading, scope: Scope): Finding[] {
  const bits = fieldOf(item, 'bits');
  const given = (name: string): boolean => (textOf(item, name) ?? '') !== '';
  const report = (span: Finding['span'], what: string, daemon: string, names: readonly string[] = []): Finding[] => [
    refusedAtStart(item, scope, span, 'request-key', what, daemon, names.length === 0 ? {} : { fixes: [{ kind: 'add-fields', names }] }),
  ];
  if (isEmpty(item, 'inkey') && isEmpty(item, 'outkey'))
    return report(
      nameSpan(item),
      'Name a file for a new key (`outkey`), or an existing key (`inkey`).',
      'must provide either InKey or OutKey',
      ['outkey'],
    );
  if (given('inkey') && given('outkey'))
    return report(
      spanOf(fieldOf(item, 'inkey')!, item),
      'Either an existing key (`inkey`) or a new one (`outkey`), not both.',
      'cannot use both InKey and OutKey',
    );
  if (given('inkey') && bits !== undefined && typeof bits.value === 'number' && bits.value !== 0) {
    return report(
      spanOf(bits, item),
      'An existing key has its size already: remove `bits`.',
      'cannot specify key bits when reading an already-existing key',
    );
  }
  if (given('outkey') && (bits === undefined ? !item.templated : bits.value === 0)) {
    return report(
      bits === undefined ? nameSpan(item) : spanOf(bits, item),
      'A new key needs its size: `bits: 2048`.',
      'must specify key bits when creating a new key',
      bits === undefined ? ['bits'] : [],
    );
  }
  const names = fieldOf(item, 'dnsname');
  // oxlint-disable-next-line no-control-regex
  const foreign = names?.parts.find((part) => typeof part.read === 'string' && /[^\u0000-\u007f]/.test(part.read));
  if (names !== undefined && foreign !== undefined) {
    const span = foreign.value?.span ?? spanOf(names, item);
    const what = 'A name of DNS has plain letters only: write its `xn--` form.';
    return [refusedAtStart(item, scope, span, 'dns-name', what, 'x509: SAN dNSName is malformed')];
  }
  const addresses = fieldOf(item, 'ipaddress');
  const bad = addresses?.parts.find((part) => typeof part.read === 'string' && !isIp(part.read));
  if (addresses === undefined || bad === undefined) return [];
  const span = bad.value?.span ?? spanOf(addresses, item);
  return [refusedAtStart(item, scope, span, 'ip-address', 'Write an IP address.', `invalid IP address: ${bad.read}`)];
}
