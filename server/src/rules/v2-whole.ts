import type { Finding } from '../config/findings.ts';
import { receptorSays } from '../config/findings.ts';
import type { ConfigModel, ConfigSection, ItemReading } from '../config/model.ts';
import { fieldOf } from '../config/model.ts';
import type { Span } from '../yaml/nodes.ts';
import { advice, nameSpan, nothingYet, unwanted } from './rule.ts';

/** What keeps a backend from starting; v2 prints it and looks at the next one. */
const stopsBackend: ReadonlySet<string> = new Set([
  'port-range',
  'bind-address',
  'address',
  'ws-url',
  'tls-unknown',
  'tls-default',
  'wss-without-tls',
  'port-taken',
]);

/** What keeps a TLS entry from existing: whoever names it finds none. */
const stopsTls: ReadonlySet<string> = new Set([
  'file-missing',
  'file-unreadable',
  'certificate-unreadable',
  'key-unreadable',
  'key-mismatch',
  'certificate-names',
  'fingerprint',
  'tls-half-pair',
]);

/** False for what v2 takes for absent: a section without a value, and an entry where nothing differs from its zero value. */
function counts({ spec, fields, shape }: ItemReading): boolean {
  if (shape === 'broken') return true;
  if (spec?.list === true) return shape !== 'null';
  return fields.some(
    ({ value, spec: field }) => field !== undefined && value !== undefined && value !== '' && value !== 0 && value !== false,
  );
}

/**
 * v2 runs on after most failures, so that what ends it is only seen as a whole: a config without content, or without a
 * backend that starts. Failures that take the last backend away are raised to errors.
 */
export function wholeV2(model: ConfigModel, text: string, own: readonly Finding[]): Finding[] {
  const findings = [...withoutCrashesNeverReached(model, own), ...switchedOff(model), ...model.sections.flatMap(ofSection)];
  const fatal = findings.some((f) => f.severity === 'error');
  const live = model.items.filter((item) => counts(item.reading)).map((item) => item.reading);
  const first = model.sections[0];
  if (fatal) return findings;
  if (first === undefined) return [...findings, nothingYet(text.length, 'node:')];
  const working = live.filter((item) => item.spec?.group !== 'certificates');
  // What v2 skips is why nothing is left, where nothing else is there.
  const skipped = findings.find(({ code }) => code === 'v2-local-only');
  if (working.length === 0) {
    if (live.length > 0) return findings.map((f) => (f.severity === 'warning' && f.phase === 'start' ? raise(f, alone(f)) : f));
    const daemon = 'empty receptor config, skipping...';
    if (skipped !== undefined) return findings.map((f) => (f === skipped ? soleBackend(f, daemon) : f));
    const message = receptorSays('Nothing in this config counts: the daemon takes it for empty and ends.', daemon);
    return [...findings, { span: first.key.span, severity: 'error', phase: 'start', code: 'v2-empty', message }];
  }
  const nothingToDo = 'Nothing to do - no backends are running.';
  const backends = working.filter(
    (item) => item.spec?.backend === true && (item.spec.name !== 'local-only' || fieldOf(item, 'local')?.value === true),
  );
  // A port that another backend has is no reason: where that one starts, one runs; where it does not, the port is free.
  const amongBackends = ({ code, related }: Finding): boolean =>
    code === 'port-taken' && backends.some((item) => related?.some(({ span }) => inside(span, item.span)));
  const stopped = (item: ItemReading): Finding | undefined =>
    findings.find((f) => stopsBackend.has(f.code) && f.severity === 'warning' && within(f, item) && !amongBackends(f)) ??
    addressMissing(item, findings) ??
    tlsStopped(item, live, findings);
  if (backends.some((item) => stopped(item) === undefined)) return findings;
  if (backends.length > 0) {
    const raised = new Set(backends.map(stopped));
    const none = `No other backend is left: ${nothingToDo}`;
    return findings.map((f) => (raised.has(f) ? raise(f, `${alone(f)} ${none}`) : f));
  }
  if (skipped !== undefined) return findings.map((f) => (f === skipped ? soleBackend(f, nothingToDo) : f));
  const at = working.find((item) => item.spec?.name === 'node') ?? working[0]!;
  return [
    ...findings,
    {
      span: nameSpan(at),
      severity: 'error',
      phase: 'start',
      code: 'no-backend',
      message: receptorSays(
        'No section links this node to others: add a listener or a peer, or `local-only: {local: true}` for a node on its own.',
        nothingToDo,
      ),
      fixes: [{ kind: 'add-backend' }],
    },
  ];
}

const raise = (finding: Finding, message: string): Finding => ({ ...finding, severity: 'error', message });

/** A `local-only` that is skipped, and was to be the only backend. */
const soleBackend = (finding: Finding, daemon: string): Finding => ({
  ...raise(finding, receptorSays(`${finding.message} There is no other backend.`, daemon)),
  phase: 'start',
});

/** The message without that v2 runs on. */
const alone = ({ message }: Finding): string => message.replace(/ v2 (?:prints|starts)[^.]*\.$/, '');

/** The key file of `work-signing` is looked for first: an entry that is left out for it crashes nothing. */
function withoutCrashesNeverReached({ items }: ConfigModel, findings: readonly Finding[]): readonly Finding[] {
  const crash = findings.find(({ code }) => code === 'token-expiration-missing');
  if (crash === undefined) return findings;
  const signing = items.find(({ reading }) => reading.spec?.name === 'work-signing')!.reading;
  const leftOut = findings.some((f) => f.code === 'file-missing' && f.severity === 'warning' && within(f, signing));
  return leftOut ? findings.filter((f) => f !== crash) : findings;
}

/** What is true of all entries of a section is said once. */
function ofSection({ key, spec, items }: ConfigSection): Finding[] {
  if (spec === undefined || items.length === 0) return [];
  const { inert, broken } = spec;
  return [
    ...(inert === undefined ? [] : [advice(key.span, 'no-effect', `\`${spec.key}\` has no effect: ${inert}.`)]),
    ...(broken === undefined ? [] : [unwanted(key.span, 'v2-broken-section', `\`${spec.key}\` does not do what it says: ${broken}.`)]),
  ];
}

/** The `receptorkube…` fields of `node` count only beside `version: 2`. */
function switchedOff({ sections, items }: ConfigModel): Finding[] {
  const version = sections.find(({ key }) => key.text.toLowerCase() === 'version')?.value;
  if (version?.kind === 'scalar' && Number(version.text) === 2) return [];
  const node = items.find(({ reading }) => reading.spec?.name === 'node')?.reading;
  const field = node?.fields.find(({ name, key }) => name.startsWith('receptorkube') && key !== undefined);
  if (field?.key === undefined) return [];
  const message = `\`${field.name}\` has no effect: the daemon reads such fields only beside \`version: 2\`, at the top of the config.`;
  return [unwanted(field.key.span, 'no-effect', message)];
}

/** Why every TLS entry that a backend's `tls` means was left out; undefined when one of them is there, or none at all. */
function tlsStopped(backend: ItemReading, live: readonly ItemReading[], findings: readonly Finding[]): Finding | undefined {
  const use = fieldOf(backend, 'tls');
  if (typeof use?.value !== 'string' || use.value === '') return undefined;
  const meant = live.filter((item) => item.spec?.name === use.spec?.refers && fieldOf(item, 'name')?.value === use.value);
  const why = meant.map((item) => findings.find((f) => stopsTls.has(f.code) && f.severity === 'warning' && within(f, item)));
  return why.every((f) => f !== undefined) ? why[0] : undefined;
}

const inside = (inner: Span, outer: Span): boolean => inner.start >= outer.start && inner.end <= outer.end;

const within = ({ span }: Finding, item: ItemReading): boolean => inside(span, item.span) || span === item.name?.span;

/** A peer without an address is none; TCP and UDP notice. */
function addressMissing(item: ItemReading, findings: readonly Finding[]): Finding | undefined {
  if (item.spec?.name !== 'tcp-peer' || fieldOf(item, 'address') !== undefined) return undefined;
  return findings.find((f) => f.code === 'missing-field' && f.span === item.name?.span);
}
