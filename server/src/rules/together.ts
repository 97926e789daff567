/** What items say to each other: one judge per kind of key. Members come in the order in which they stand in the file. */
import type { Finding, Fix } from '../config/findings.ts';
import { receptorSays } from '../config/findings.ts';
import type { ItemReading } from '../config/model.ts';
import type { Fact } from './facts.ts';
import { addressesCollide } from './facts.ts';
import type { Scope } from './rule.ts';
import { refusedAtStart, unwanted } from './rule.ts';
import { serviceRefusal } from './services.ts';

/** An item's share in a key. */
export interface Member {
  readonly fact: Fact;
  readonly reading: ItemReading;
  /** Offset that the item's spans count from. */
  readonly base: number;
}

/** What is known of the whole config while its keys are judged. */
export interface Whole extends Scope {
  /** Something may be defined that we cannot see: broken YAML, templates, items that could not be read. */
  readonly maybeDefined: (name: string) => boolean;
  /** Items may exclude each other (`{% if %}`): repetitions prove nothing. */
  readonly maybeExclusive: boolean;
}

/** A finding of one member; `related` spans are absolute already. */
export interface Judged {
  readonly member: Member;
  readonly finding: Finding;
}

/** Judges the members of one key. */
export function judge(members: readonly Member[], whole: Whole): Judged[] {
  const kinds = new Set(members.map((m) => m.fact.kind));
  if (kinds.has('tls-use') || kinds.has('tls-server') || kinds.has('tls-client') || kinds.has('default-client'))
    return judgeTls(members, whole);
  if (kinds.has('verifies')) return judgeVerification(members, whole);
  if (members.length < 2 || whole.maybeExclusive) return [];
  switch (members[0]!.fact.kind) {
    case 'singleton':
      return judgeSingletons(members);
    case 'service':
      return repeated(lateLast(members), (m) => serviceTaken(m, whole));
    case 'work-type':
      return repeated(members, (m) =>
        refusedAtStart(
          m.reading,
          whole,
          m.fact.span,
          'work-type-taken',
          `Another item has the work type \`${m.fact.name}\` already.`,
          `work type ${m.fact.name} already registered`,
        ),
      );
    case 'port':
      return judgePorts(members, whole);
    case 'socket':
      return repeated(members, (m) => socketTaken(m, whole));
    case 'peer':
      return repeated(members, (m) =>
        unwanted(
          m.fact.span,
          'peer-twice',
          'Another peer has this address already: two nodes keep one link only, the second is rejected again and again.',
        ),
      );
    case 'tls-server':
    case 'tls-client':
    case 'tls-use':
    case 'default-client':
    case 'verification':
    case 'verifies':
      return [];
  }
}

const absolute = (member: Member): Finding['span'] => ({
  start: member.fact.span.start + member.base,
  end: member.fact.span.end + member.base,
});

/** The same finding for every member but the first, which it points to. */
function repeated(members: readonly Member[], finding: (member: Member) => Finding): Judged[] {
  const first = members[0]!;
  return members.slice(1).map((member) => ({
    member,
    finding: { ...finding(member), related: [{ span: absolute(first), message: 'Here for the first time' }] },
  }));
}

const judgeSingletons = (members: readonly Member[]): Judged[] =>
  repeated(members, ({ fact }) => ({
    span: fact.span,
    severity: 'error',
    phase: 'load',
    code: 'duplicate-singleton',
    message: receptorSays(`A config has one \`${fact.name}\` only: join the two.`, `only one ${fact.name} directive is allowed`),
    fixes: [{ kind: 'remove-item' }],
  }));

/** A command service takes its name in the background, after the items behind it: where two want one name, it loses. */
const lateLast = (members: readonly Member[]): readonly Member[] => {
  const late = (m: Member): boolean => m.reading.spec?.name === 'command-service';
  return [...members.filter((m) => !late(m)), ...members.filter(late)];
};

function serviceTaken({ reading, fact }: Member, whole: Whole): Finding {
  const what = `Another item offers the service \`${fact.name}\` already: choose another name.`;
  const daemon = serviceRefusal(reading.spec!.name, fact.name, ' is already listening');
  if (reading.spec?.name === 'command-service')
    return unwanted(
      fact.span,
      'service-taken',
      receptorSays(`${what} The daemon starts without this one, or ends where this one is quicker.`, daemon),
    );
  return refusedAtStart(reading, whole, fact.span, 'service-taken', what, daemon);
}

const socketTaken = ({ reading, fact }: Member, whole: Whole): Finding =>
  refusedAtStart(
    reading,
    whole,
    fact.span,
    'socket-taken',
    'Another item has this socket already.',
    'error opening Unix socket: could not acquire lock on socket file: fslock is already locked',
  );

function judgePorts(inFile: readonly Member[], whole: Whole): Judged[] {
  const judged: Judged[] = [];
  // v2 starts its backends after everything else: it is they that find a port taken.
  const backend = (m: Member): boolean => m.reading.spec?.backend === true;
  const members = whole.format === 'v1' ? inFile : [...inFile.filter((m) => !backend(m)), ...inFile.filter(backend)];
  for (const [index, member] of members.entries()) {
    const first = members.find((other, i) => i < index && addressesCollide(other.fact.address ?? '', member.fact.address ?? ''));
    if (first === undefined) continue;
    const { fact } = member;
    const [, network] = fact.key.split(' ');
    const daemon = `listen ${network} ${fact.address}:${fact.name}: bind: address already in use`;
    const finding = refusedAtStart(member.reading, whole, fact.span, 'port-taken', `Another item has port ${fact.name} already.`, daemon, {
      related: [{ span: absolute(first), message: 'Here for the first time' }],
    });
    judged.push({ member, finding });
    if (judged.length > 100) break;
  }
  return judged;
}

function judgeVerification(members: readonly Member[], whole: Whole): Judged[] {
  if (members.some((m) => m.fact.kind === 'verification') || whole.maybeDefined('')) return [];
  return members.map((member) => {
    const { reading, fact } = member;
    const fixes: Fix[] = [{ kind: 'add-verification' }];
    const what = 'Signatures cannot be verified without a `work-verification` item: add one with the public key.';
    if (reading.spec?.name === 'work-kubernetes')
      return {
        member,
        finding: unwanted(fact.span, 'verification-missing', `${what} The daemon starts, and refuses every unit of this type.`, { fixes }),
      };
    const daemon = `VerifySignature for work command '${fact.name}' is true, but the work verification public key is not specified`;
    return { member, finding: refusedAtStart(reading, whole, fact.span, 'verification-missing', what, daemon, { fixes }) };
  });
}

function judgeTls(members: readonly Member[], whole: Whole): Judged[] {
  const judged: Judged[] = [];
  const { name } = members[0]!.fact;
  for (const kind of ['tls-server', 'tls-client'] as const) {
    const definitions = members.filter((m) => m.fact.kind === kind);
    if (definitions.length > 1 && !whole.maybeExclusive) {
      const last = definitions.at(-1)!;
      for (const member of definitions.slice(0, -1)) {
        const message = `Another \`${kind}\` is called \`${name}\` too: the last one counts, this one is never used.`;
        judged.push({
          member,
          finding: unwanted(member.fact.span, 'tls-name-twice', message, {
            related: [{ span: absolute(last), message: 'This one counts' }],
          }),
        });
      }
    }
    if (definitions.length > 0 || whole.maybeDefined(name)) continue;
    const other = members.find((m) => m.fact.kind === (kind === 'tls-server' ? 'tls-client' : 'tls-server'));
    for (const member of members) {
      if (member.fact.kind === 'tls-use' && member.fact.refers === kind)
        judged.push({ member, finding: unresolved(member, kind, other, whole) });
      else if (member.fact.kind === 'default-client' && kind === 'tls-client') judged.push({ member, finding: noTls(member, whole) });
    }
  }
  return judged;
}

function unresolved({ reading, fact }: Member, kind: 'tls-server' | 'tls-client', other: Member | undefined, whole: Whole): Finding {
  const { name } = fact;
  const fixes: Fix[] = [{ kind: 'add-tls', action: kind, name }];
  const wrongKind =
    other === undefined
      ? ''
      : ` There is a \`${kind === 'tls-server' ? 'tls-client' : 'tls-server'}\` of this name, but here a \`${kind}\` is needed.`;
  // Every node has a client called so, which cannot be used.
  if (name === 'default' && kind === 'tls-client') {
    return refusedAtStart(
      reading,
      whole,
      fact.span,
      'tls-default',
      'The built-in TLS client cannot be used: add a `tls-client` and name it here.',
      'pinned fingerprints missing for default',
      { fixes },
    );
  }
  const related = other === undefined ? [] : [{ span: absolute(other), message: 'The other kind' }];
  const what = `No \`${kind}\` item is called \`${name}\`.${wrongKind}`;
  return refusedAtStart(reading, whole, fact.span, 'tls-unknown', what, `unknown TLS config ${name}`, { fixes, related });
}

const noTls = ({ reading, fact }: Member, whole: Whole): Finding =>
  refusedAtStart(
    reading,
    whole,
    fact.span,
    'wss-without-tls',
    'A `wss://` address needs `tls`, the name of a `tls-client` item.',
    'pinned fingerprints missing for default',
    {
      fixes: [{ kind: 'add-fields', names: ['tls'] }],
    },
  );
