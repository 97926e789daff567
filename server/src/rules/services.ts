import type { Finding } from '../config/findings.ts';
import type { ConfigField, ItemReading } from '../config/model.ts';
import { fieldOf, noFindings } from '../config/model.ts';
import {
  bindProblem,
  byteLength,
  hostAdvice,
  hostProblem,
  isIpv6,
  namesFolder,
  parseCidr,
  portProblem,
  splitHostPort,
} from './addresses.ts';
import { bindAddress, bindAdvice, hostPort } from './backends.ts';
import type { ItemRule, Scope } from './rule.ts';
import { has, isEmpty, nameSpan, refusedAtStart, spanOf, textOf, unwanted } from './rule.ts';

/** What a mesh packet has room for. */
const longestService = 8;

/** Bytes of a socket's path that Linux has room for. */
const longestSocketPath = 107;

/** Names of services that every node has. */
const reserved = new Set(['ping', 'unreach']);

/** How each action's refusal of a service begins. */
const listening: Readonly<Record<string, (service: string) => string>> = {
  'control-service': () => 'error opening Unix socket: ',
  'tcp-client': () => 'error listening on Receptor network: ',
  'unix-socket-client': () => 'error listening on Receptor network: ',
  'udp-client': (service) => `error listening on service ${service}: `,
  'ip-router': (service) => `error listening for service ${service}: `,
};

/** The daemon's words for a service that an action cannot offer. */
export const serviceRefusal = (action: string, service: string, why: string): string =>
  `${listening[action]?.(service) ?? ''}service ${service}${why}`;

/** Names of services, and what single kinds of services need. */
export const serviceRules: ItemRule = (item, scope) => {
  if (item.spec?.name === 'udp-client' && item.spec.broken !== undefined) return noFindings; // v2 reads none of its fields
  const findings: Finding[] = [];
  for (const field of item.fields) {
    const { spec, value } = field;
    if (spec === undefined || typeof value !== 'string') continue;
    if (spec.path === 'socket') findings.push(...socketPath(item, scope, field, value));
    else if (spec.format === 'service-name')
      findings.push(...(spec.defines === 'service' ? offered(item, scope, field, value) : wanted(item, field, value)));
  }
  switch (item.spec?.name) {
    case 'control-service':
      findings.push(...controlService(item, scope));
      break;
    case 'tcp-client':
    case 'udp-client':
      findings.push(...clientAddress(item, scope));
      break;
    case 'ip-router':
      findings.push(...ipRouter(item, scope));
      break;
    case 'tcp-server':
    case 'udp-server':
      findings.push(...serverAddress(item, scope), ...nobodyThere(item));
      break;
    case 'unix-socket-server':
      findings.push(...nobodyThere(item));
      break;
    case 'command-service':
      findings.push(...noCommand(item));
      break;
    case undefined:
    default:
  }
  return findings;
};

function offered(item: ItemReading, scope: Scope, field: ConfigField, service: string): readonly Finding[] {
  const action = item.spec!.name;
  const span = spanOf(field, item);
  const problem =
    byteLength(service) > longestService
      ? {
          code: 'service-name-long',
          what: `A service name has at most ${longestService} bytes; \`${service}\` has ${byteLength(service)}.`,
          why: ' too long',
        }
      : reserved.has(service)
        ? { code: 'service-taken', what: `Every node offers \`${service}\` by itself: choose another name.`, why: ' is already listening' }
        : undefined;
  if (problem === undefined) return noFindings;
  const daemon = serviceRefusal(action, service, problem.why);
  // A command service listens in the background: its failure is only logged.
  if (action === 'command-service')
    return [unwanted(span, problem.code, `${problem.what} The daemon starts without the service and only logs: ${daemon}.`)];
  return [refusedAtStart(item, scope, span, problem.code, problem.what, daemon)];
}

function wanted(item: ItemReading, field: ConfigField, service: string): readonly Finding[] {
  if (byteLength(service) <= longestService) return noFindings;
  return [
    unwanted(
      spanOf(field, item),
      'remote-service-long',
      `No service can be called so: a name has at most ${longestService} bytes. Every connection will fail with: service name too long.`,
    ),
  ];
}

/** Where a server leads to: it starts, and every connection through it fails. */
function nobodyThere(item: ItemReading): readonly Finding[] {
  return ['remotenode', 'remoteservice'].flatMap((name) => {
    const field = fieldOf(item, name);
    return field?.value === ''
      ? [unwanted(spanOf(field, item), 'remote-empty', `Without \`${name}\` this leads nowhere: every connection fails.`)]
      : noFindings;
  });
}

/** A command that is empty: whoever connects, or submits work, gets an error. */
export function noCommand(item: ItemReading): readonly Finding[] {
  const field = fieldOf(item, 'command');
  return field?.value === ''
    ? [unwanted(spanOf(field, item), 'command-empty', 'There is nothing to run: the daemon starts, and every use of this fails.')]
    : noFindings;
}

function controlService(item: ItemReading, scope: Scope): readonly Finding[] {
  const findings: Finding[] = [];
  const service = fieldOf(item, 'service');
  if (scope.format === 'v1' && service?.value === '' && isEmpty(item, 'filename') && isEmpty(item, 'tcplisten') && !item.templated) {
    findings.push(
      refusedAtStart(
        item,
        scope,
        nameSpan(item),
        'no-listeners',
        'This control service listens nowhere: give it a `service`, a `filename` or `tcplisten`.',
        'no listeners specified',
      ),
    );
  }
  const listen = fieldOf(item, 'tcplisten');
  const address = textOf(item, 'tcplisten');
  if (listen !== undefined && address !== undefined && address !== '') {
    const split = address.includes(':') ? splitHostPort(address) : { host: '0.0.0.0', port: address };
    const host = 'error' in split ? undefined : bindProblem(split.host);
    const problem = 'error' in split ? split.error : (host ?? portProblem(split.port, 'tcp'));
    if (problem !== undefined) {
      findings.push(
        refusedAtStart(
          item,
          scope,
          spanOf(listen, item),
          'tcp-listen',
          host === undefined || 'error' in split
            ? 'Write a port, such as `8888`, or `host:port`.'
            : split.host === '*'
              ? 'To listen on every address write the port alone.'
              : hostAdvice(split.host),
          `error listening on TCP socket: listen tcp: ${problem}`,
        ),
      );
    }
    const tls = textOf(item, 'tls');
    if (tls !== undefined && tls !== '' && isEmpty(item, 'tcptls')) {
      const daemon = `Control service ${textOf(item, 'service') ?? 'control'} has TLS configured on the Receptor listener but not the TCP listener.`;
      findings.push(
        unwanted(
          fieldOf(item, 'tls')?.key?.span ?? nameSpan(item),
          'tcp-without-tls',
          `\`tls\` secures the service on the mesh only: set \`tcptls\` too, or the TCP port is open to everybody (receptor: ${daemon})`,
        ),
      );
    }
  } else if (has(item, 'tcptls') && isEmpty(item, 'tcplisten') && textOf(item, 'tcptls') !== '') {
    findings.push(
      unwanted(
        fieldOf(item, 'tcptls')?.key?.span ?? nameSpan(item),
        'tcptls-unused',
        '`tcptls` has no effect without `tcplisten`; for the service on the mesh set `tls`.',
      ),
    );
  }
  return findings;
}

/** udp-server joins address and port as they are, tcp-server (to v2 both are one) brackets IPv6 addresses itself. */
function serverAddress(item: ItemReading, scope: Scope): readonly Finding[] {
  const field = fieldOf(item, 'bindaddr');
  const address = textOf(item, 'bindaddr');
  if (field === undefined || address === undefined) return noFindings;
  if (item.spec?.name === 'udp-server' && item.spec.broken === undefined)
    return bindAddress(item, scope, field, address, fieldOf(item, 'port')?.value);
  const problem = bindProblem(address);
  if (problem === undefined) return noFindings;
  const bare = /^\[(.*)\]$/.exec(address)?.[1];
  const { what, fixes } =
    bare === undefined
      ? bindAdvice(field, address, !address.includes(':') || isIpv6(address))
      : {
          what: 'Here an IPv6 address is written without brackets.',
          fixes: [{ kind: 'replace', span: field.span, text: bare, title: 'Remove the brackets', any: true } as const],
        };
  return [
    refusedAtStart(item, scope, spanOf(field, item), 'bind-address', what, `error listening on TCP: listen tcp: ${problem}`, { fixes }),
  ];
}

/** The path is taken as it is written: a relative one has more room than the same path from the root. */
function socketPath(item: ItemReading, scope: Scope, field: ConfigField, socket: string): readonly Finding[] {
  const refused = (code: string, what: string, daemon: string): readonly Finding[] => [
    refusedAtStart(item, scope, spanOf(field, item), code, what, `error opening Unix socket: ${daemon}`),
  ];
  if (socket === '') {
    // A control service may do without.
    if (item.spec?.name === 'control-service') return noFindings;
    return refused(
      'socket-name-empty',
      'Give the socket a path.',
      'error setting socket file permissions: chmod : no such file or directory',
    );
  }
  if (socket.startsWith('@')) {
    const what = 'This means a socket without a file, which receptor cannot set permissions of: write a path.';
    return refused('socket-abstract', what, `error setting socket file permissions: chmod ${socket}: no such file or directory`);
  }
  if (namesFolder(socket)) {
    const [deletes, daemon] = socket.endsWith('..')
      ? [
          ', and receptor deletes all that is in it before it finds that out',
          `could not overwrite socket file: unlinkat ${socket}: directory not empty`,
        ]
      : socket.endsWith('/')
        ? [
            ', and receptor deletes it before it finds that out',
            `could not listen on socket file: listen unix ${socket}: bind: no such file or directory`,
          ]
        : ['', `could not overwrite socket file: RemoveAll ${socket}: invalid argument`];
    return refused('socket-name-empty', `This is a folder${deletes}: add the name of the socket.`, daemon);
  }
  const bytes = byteLength(socket);
  if (bytes <= longestSocketPath) return noFindings;
  return refused(
    'socket-path-long',
    `The path of a socket has at most ${longestSocketPath} bytes, this one has ${bytes}: choose a shorter folder.`,
    `could not listen on socket file: listen unix ${socket}: bind: invalid argument`,
  );
}

function clientAddress(item: ItemReading, scope: Scope): readonly Finding[] {
  const field = fieldOf(item, 'address');
  const address = textOf(item, 'address');
  if (field === undefined || address === undefined || (scope.format === 'v2' && item.spec?.name === 'udp-client')) return noFindings;
  const span = spanOf(field, item);
  if (item.spec?.name === 'tcp-client') return hostPort(item, scope, address, span);
  const split = splitHostPort(address);
  const problem = 'error' in split ? split.error : (hostProblem(split.host) ?? portProblem(split.port, 'udp'));
  return problem === undefined
    ? noFindings
    : [
        refusedAtStart(
          item,
          scope,
          span,
          'address',
          'Write `host:port`, such as `127.0.0.1:53`.',
          `could not resolve UDP address ${address}`,
        ),
      ];
}

function ipRouter(item: ItemReading, scope: Scope): readonly Finding[] {
  const findings: Finding[] = [];
  const local = fieldOf(item, 'localnet');
  const network = textOf(item, 'localnet');
  if (local !== undefined && network !== undefined) {
    const cidr = parseCidr(network);
    const span = spanOf(local, item);
    if (cidr === undefined)
      findings.push(
        refusedAtStart(
          item,
          scope,
          span,
          'cidr',
          'Write an IPv4 network with its length, such as `10.1.0.0/30`.',
          `could not parse ${network} as a CIDR address`,
        ),
      );
    else if (cidr.prefix !== 30 || !cidr.v4) {
      const why = cidr.prefix !== 30 ? 'must be a /30 CIDR' : 'must be IPv4';
      findings.push(
        refusedAtStart(
          item,
          scope,
          span,
          'local-network',
          'The local network is an IPv4 network of length 30, such as `10.1.0.0/30`.',
          `local network ${network} ${why}`,
        ),
      );
    }
  }
  const field = fieldOf(item, 'routes');
  const routes = textOf(item, 'routes');
  if (field !== undefined && routes !== undefined && routes !== '') {
    const bad = routes.split(',').find((route) => parseCidr(route) === undefined);
    if (bad !== undefined) {
      const what =
        bad.trim() !== bad && parseCidr(bad.trim()) !== undefined
          ? 'Write the networks without blanks between them.'
          : 'Write networks separated by commas, such as `10.2.0.0/16,10.3.0.0/16`.';
      const fixes =
        bad.trim() === bad
          ? []
          : [{ kind: 'replace', span: field.span, text: routes.replaceAll(/\s/g, ''), title: 'Remove the blanks', any: true } as const];
      findings.push(refusedAtStart(item, scope, spanOf(field, item), 'cidr', what, `could not parse ${bad} as a CIDR address`, { fixes }));
    }
  }
  return findings;
}
