import type { Finding, Fix } from '../config/findings.ts';
import type { ConfigField, ItemReading } from '../config/model.ts';
import { fieldOf, noFindings } from '../config/model.ts';
import { bindProblem, hostAdvice, hostProblem, isIpv6, portProblem, splitHostPort, urlProblem } from './addresses.ts';
import type { ItemRule, Scope } from './rule.ts';
import { isNodeId } from './node.ts';
import { atLeast, crashes, joined, refusedAtStart, spanOf, textOf, unwanted } from './rule.ts';

/** Listeners and peers: addresses, paths, costs, who is let in. */
export const backendRules: ItemRule = (item, scope) => {
  const place = item.spec?.name.endsWith('-listener') === true ? listener(item, scope) : peer(item, scope);
  return joined(joined(place, oddCosts(item, scope)), allowedPeers(item, scope));
};

function listener(item: ItemReading, scope: Scope): readonly Finding[] {
  const findings: Finding[] = [];
  const bind = fieldOf(item, 'bindaddr');
  const address = textOf(item, 'bindaddr');
  const port = fieldOf(item, 'port')?.value;
  if (bind !== undefined && address !== undefined) findings.push(...bindAddress(item, scope, bind, address, port));
  const path = fieldOf(item, 'path');
  const url = textOf(item, 'path');
  if (path !== undefined && url === '' && (scope.format === 'v1' || !atLeast(scope, '1.6'))) {
    findings.push(
      crashes(
        spanOf(path, item),
        'ws-path-empty',
        `An empty path makes the daemon crash: write \`/\`${scope.format === 'v1' ? ', or remove the field' : ''}.`,
        'http: invalid pattern',
        { fixes: [{ kind: 'replace', span: path.span, text: '/', title: 'Change to /', preferred: true }] },
      ),
    );
  } else if (path !== undefined && url !== undefined && url !== '' && !url.startsWith('/')) {
    findings.push(
      unwanted(spanOf(path, item), 'ws-path-slash', `Without a slash in front no request matches: write \`/${url}\`.`, {
        fixes: [{ kind: 'replace', span: path.span, text: `/${url}`, title: `Change to /${url}`, preferred: true, any: true }],
      }),
    );
  }
  return findings;
}

/** A local address that is joined with the port by a colon, without brackets of its own. */
export function bindAddress(item: ItemReading, scope: Scope, field: ConfigField, address: string, port: unknown): readonly Finding[] {
  const split = splitHostPort(`${address}:${typeof port === 'number' ? port : 0}`);
  const problem = 'error' in split ? split.error : bindProblem(split.host);
  if (problem === undefined) return noFindings;
  const { what, fixes } = bindAdvice(field, 'error' in split ? address : split.host, !('error' in split));
  return [
    refusedAtStart(
      item,
      scope,
      spanOf(field, item),
      'bind-address',
      what,
      `listen ${item.spec?.name.startsWith('udp') === true ? 'udp' : 'tcp'}: ${problem}`,
      { fixes },
    ),
  ];
}

/** @param split it can be told from the port */
export function bindAdvice(field: ConfigField, address: string, split: boolean): { what: string; fixes: Fix[] } {
  if (address === '*')
    return {
      what: 'To listen on every address write `0.0.0.0`, or remove the field.',
      fixes: [{ kind: 'replace', span: field.span, text: '0.0.0.0', title: 'Change to 0.0.0.0' }, { kind: 'remove-field' }],
    };
  if (split) return { what: hostAdvice(address), fixes: [] };
  return {
    what:
      /^[0-9a-fA-F:.%]+$/.test(address) && address.split(':').length > 2
        ? `Put an IPv6 address in brackets: \`[${address}]\`.`
        : 'Write an address alone; `port` holds the port.',
    fixes: isIpv6(address) ? [{ kind: 'replace', span: field.span, text: `[${address}]`, title: 'Put it in brackets', any: true }] : [],
  };
}

/** What becomes of a peer whose address leads nowhere. */
const inVain = 'The daemon starts and dials in vain for ever';

function peer(item: ItemReading, scope: Scope): readonly Finding[] {
  const field = fieldOf(item, 'address');
  const address = textOf(item, 'address');
  if (field === undefined || address === undefined) return noFindings;
  const span = spanOf(field, item);
  if (item.spec?.name === 'ws-peer') return [...websocket(item, scope, address, span), ...extraHeader(item, scope)];
  return hostPort(item, scope, address, span);
}

/** `host:port` of a tcp-peer or a tcp-client (looked at when dialling, only split at start) or a udp-peer (resolved at start). */
export function hostPort(item: ItemReading, scope: Scope, address: string, span: Finding['span']): readonly Finding[] {
  const udp = item.spec?.name.startsWith('udp-') === true;
  if (udp && address === '') return [unwanted(span, 'address-port', `The address is empty: write \`host:port\`. ${inVain}.`)];
  const split = splitHostPort(address);
  if ('error' in split) {
    const what =
      split.error.includes('too many colons') && !address.includes('//')
        ? 'Put an IPv6 address in brackets: `[::1]:27199`.'
        : `Write \`host:port\`${address === '' ? '' : `, such as \`${address.replace(/^[a-z]+:\/*/i, '').replaceAll(/[[\]]/g, '') || 'host'}:27199\``}.`;
    return [refusedAtStart(item, scope, span, 'address', what, split.error)];
  }
  const vain = item.spec?.name === 'tcp-client' ? 'The daemon starts, and every connection fails' : inVain;
  const nowhere = hostProblem(split.host);
  // A scheme in front is one cause, and has a finding of its own.
  if (nowhere !== undefined && !split.port.startsWith('//')) {
    const what = hostAdvice(split.host);
    return udp
      ? [refusedAtStart(item, scope, span, 'address', what, nowhere)]
      : [unwanted(span, 'address-host', `${what} ${vain} (${nowhere}).`)];
  }
  const problem = portProblem(split.port, udp ? 'udp' : 'tcp');
  if (problem === undefined) {
    return split.port === '' || Number(split.port) === 0
      ? [unwanted(span, 'address-port', 'Port 0 cannot be connected to: write the port of the listener.')]
      : noFindings;
  }
  if (udp) return [refusedAtStart(item, scope, span, 'address', 'The port must be a number from 1 to 65535.', problem)];
  if (split.port.startsWith('//')) {
    const what = `\`${item.spec?.key}\` takes \`host:port\` without \`${split.host}://\`. ${vain}.`;
    return [unwanted(span, 'address-scheme', what)];
  }
  return [unwanted(span, 'address-port', `\`${split.port}\` is no port. ${vain} (${problem}).`)];
}

function websocket(item: ItemReading, scope: Scope, address: string, span: Finding['span']): readonly Finding[] {
  const problem = urlProblem(address);
  if (problem !== undefined) {
    const daemon = `address ${address} is not a valid URL: parse ${JSON.stringify(address)}: ${problem}`;
    return [refusedAtStart(item, scope, span, 'ws-url', 'Write a URL, such as `wss://mesh.example.org:443/`.', daemon)];
  }
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\//.exec(address)?.[1]?.toLowerCase();
  if (scheme !== 'ws' && scheme !== 'wss') {
    const better =
      scheme === 'http'
        ? address.replace(/^http/i, 'ws')
        : scheme === 'https'
          ? address.replace(/^https/i, 'wss')
          : scheme === undefined
            ? `ws://${address}`
            : undefined;
    const fixes =
      better === undefined || address === ''
        ? []
        : [{ kind: 'replace', span, text: better, title: `Change to ${better}`, any: true } as const];
    return [
      unwanted(span, 'ws-scheme', `The address must begin with \`ws://\` or \`wss://\`. ${inVain} (malformed ws or wss URL).`, { fixes }),
    ];
  }
  const undialled = undiallable(address);
  if (undialled !== undefined) return [unwanted(span, 'address-host', `${undialled.what} ${inVain} (${undialled.daemon}).`)];
  const tls = fieldOf(item, 'tls');
  if (scheme === 'ws' && tls !== undefined && tls.value !== undefined && tls.value !== '') {
    return [
      unwanted(tls.key?.span ?? tls.span, 'ws-tls-unused', 'A `ws://` address is not encrypted whatever `tls` says: write `wss://`.'),
    ];
  }
  return noFindings;
}

/** A URL that is one, and that no connection can be made to. */
function undiallable(address: string): { readonly what: string; readonly daemon: string } | undefined {
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(address)?.[1] ?? '';
  if (authority.includes('@'))
    return { what: 'A name and a password cannot stand here: use `extraheader` for them.', daemon: 'malformed ws or wss URL' };
  const split = splitHostPort(/:\d*$/.test(authority) ? authority : `${authority}:80`);
  if ('error' in split) return undefined;
  const host = hostProblem(split.host);
  if (host !== undefined) return { what: hostAdvice(split.host), daemon: host };
  const port = portProblem(split.port, 'tcp');
  if (port !== undefined) return { what: `\`${split.port}\` is no port.`, daemon: port };
  return authority === '' ? { what: 'The address names no host.', daemon: 'dial tcp :80: connect: connection refused' } : undefined;
}

/** Headers that the daemon's WebSocket library sets itself. */
const ownHeaders: ReadonlySet<string> = new Set([
  'upgrade',
  'connection',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-extensions',
]);

function extraHeader(item: ItemReading, scope: Scope): readonly Finding[] {
  const field = fieldOf(item, 'extraheader');
  const header = textOf(item, 'extraheader');
  if (field === undefined || header === undefined || header === '') return noFindings;
  if (header.includes(':')) {
    const name = header.slice(0, header.indexOf(':'));
    if (!ownHeaders.has(name.toLowerCase())) return noFindings;
    const daemon = `websocket: duplicate header not allowed: ${name}`;
    const message = `The daemon sets \`${name}\` itself. ${inVain} (${daemon}).`;
    return [unwanted(spanOf(field, item), 'extra-header', message, { fixes: [{ kind: 'remove-field' }] })];
  }
  const what = 'Write the header as `Name: value`.';
  // v2 prints the refusal, runs on, and trips over the header when it dials.
  if (scope.format === 'v2')
    return [crashes(spanOf(field, item), 'extra-header', what, 'runtime error: index out of range [1] with length 1')];
  return [refusedAtStart(item, scope, spanOf(field, item), 'extra-header', what, 'extra header must be in the form key:value')];
}

function oddCosts(item: ItemReading, scope: Scope): readonly Finding[] {
  const cost = fieldOf(item, 'cost');
  const perNode = fieldOf(item, 'nodecost');
  if (typeof cost?.value !== 'number' && perNode === undefined) return noFindings;
  const findings: Finding[] = [];
  const judge = (value: unknown, span: Finding['span'], node: string): void => {
    if (typeof value !== 'number' || Number.isFinite(value)) return;
    if (value < 0)
      findings.push(
        refusedAtStart(item, scope, span, 'cost-not-positive', 'A cost must be above 0.', `connection cost must be positive${node}`),
      );
    else findings.push(unwanted(span, 'cost-not-finite', 'A cost that is no finite number breaks the routing messages of the mesh.'));
  };
  if (cost !== undefined) judge(cost.value, spanOf(cost, item), '');
  for (const part of perNode?.parts ?? []) judge(part.read, part.value?.span ?? spanOf(perNode!, item), ` for ${part.key?.text ?? ''}`);
  return findings;
}

/** Who is let in: nobody, or names of peers that no node can have; a list written as one text is the usual reason. */
function allowedPeers(item: ItemReading, scope: Scope): readonly Finding[] {
  const allowed = fieldOf(item, 'allowedpeers');
  if (allowed === undefined || !Array.isArray(allowed.value) || allowed.templated) return noFindings;
  const names = allowed.value as readonly string[];
  if (names.every((name) => name === '')) return nobodyAllowed(item, allowed);
  const bad = atLeast(scope, '1.5') ? names.find((name) => !isNodeId(name)) : undefined;
  if (bad === undefined) return noFindings;
  const part = allowed.parts.find(({ read }) => read === bad);
  // A number in the list has a finding of its own.
  if (part?.value !== undefined && part.value.text !== bad) return noFindings;
  const everybody = bad === '*' && names.length === 1;
  const several = bad.split(/[,\s]+/).filter((name) => name !== '');
  const list = several.length > 1 && several.every(isNodeId) && allowed.parts.length < 2 ? `[${several.join(', ')}]` : undefined;
  const what = `No node can be called \`${bad}\`${names.some(isNodeId) ? '' : ': this lets nobody in'}.`;
  return [
    unwanted(
      part?.value?.span ?? spanOf(allowed, item),
      'peer-name',
      everybody ? `${what} Remove the field to let everybody in.` : list === undefined ? what : `${what} Write a list: \`${list}\`.`,
      everybody
        ? { fixes: [{ kind: 'remove-field' }] }
        : list === undefined
          ? {}
          : { fixes: [{ kind: 'replace', span: allowed.span, text: list, title: `Change to ${list}`, preferred: true }] },
    ),
  ];
}

function nobodyAllowed(item: ItemReading, allowed: ConfigField): readonly Finding[] {
  return [
    unwanted(
      spanOf(allowed, item),
      'allowed-peers-empty',
      'An empty list lets nobody in: name the nodes, or remove the field to let everybody in.',
      { fixes: [{ kind: 'remove-field' }] },
    ),
  ];
}
