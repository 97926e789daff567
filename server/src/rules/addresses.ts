/** Addresses as Go's `net` and `net/url` read them. */

export type HostPort = { readonly host: string; readonly port: string } | { readonly error: string };

/** `net.SplitHostPort`. The error is Go's, with the address in front. */
export function splitHostPort(address: string): HostPort {
  const fail = (why: string): HostPort => ({ error: address === '' ? why : `address ${address}: ${why}` });
  const colon = address.lastIndexOf(':');
  if (colon < 0) return fail('missing port in address');
  let host: string;
  let hostFrom = 0;
  let portFrom = 0;
  if (address.startsWith('[')) {
    const close = address.indexOf(']');
    if (close < 0) return fail("missing ']' in address");
    if (close + 1 === address.length) return fail('missing port in address');
    if (close + 1 !== colon) return fail(address[close + 1] === ':' ? 'too many colons in address' : 'missing port in address');
    host = address.slice(1, close);
    hostFrom = 1;
    portFrom = close + 1;
  } else {
    host = address.slice(0, colon);
    if (host.includes(':')) return fail('too many colons in address');
  }
  if (address.indexOf('[', hostFrom) >= 0) return fail("unexpected '[' in address");
  if (address.indexOf(']', portFrom) >= 0) return fail("unexpected ']' in address");
  return { host, port: address.slice(colon + 1) };
}

/**
 * Why Go cannot turn a host into an address, however the network is: it is neither an IP address nor what Go takes for a
 * domain name (`net.isDomainName`), which has some letter, and no other signs than `-`, `_` and the dots. Undefined for
 * what may exist.
 */
export function hostProblem(host: string): string | undefined {
  const zone = host.indexOf('%');
  if (host === '' || isIpv4(host) || isIpv6(zone < 0 ? host : host.slice(0, zone))) return undefined;
  const labels = host.replace(/\.$/, '').split('.');
  const named = host.length <= 254 && labels.every((label) => /^(?!-)[a-z\d_-]{1,63}(?<!-)$/i.test(label)) && /[a-z_-]/i.test(host);
  return named || host === '.' ? undefined : `lookup ${host}: no such host`;
}

/** `fe80::/10` without its zone: every link has these addresses. */
const lacksZone = (host: string): boolean => /^fe[89ab][\da-f]:/i.test(host) && isIpv6(host);

/** Why nothing can listen at a host, however the network is. */
export const bindProblem = (host: string): string | undefined =>
  lacksZone(host) ? `listen [${host}]: bind: invalid argument` : hostProblem(host);

/** What to write instead of a host that is none, or that nothing can listen at. */
export const hostAdvice = (host: string): string =>
  lacksZone(host)
    ? `This address is only one together with its interface: \`${host}%eth0\`.`
    : /[,;\s]/.test(host.trim())
      ? `\`${host}\` is no host: one address goes here.`
      : host.trim() !== host
        ? 'No blank may stand here.'
        : /\/\d+$/.test(host)
          ? `\`${host}\` is a network: write the address of one host.`
          : `\`${host}\` is neither an IP address nor a host name.`;

/** A path that can only mean a folder: it ends in a slash, `.` or `..`. */
export const namesFolder = (path: string): boolean => /(?:^|\/)\.{0,2}$/.test(path);

/** Names of ports that Go knows without asking the system, and what the list of every system has: these may well be known. */
const services: Readonly<Record<'tcp' | 'udp', ReadonlySet<string>>> = {
  tcp: new Set(
    'domain ftp ftps gopher http https imap2 imap3 imaps pop3 pop3s smtp submission ssh telnet ldap ldaps mysql postgresql redis'.split(
      ' ',
    ),
  ),
  udp: new Set('domain ntp radius sip snmp snmp-trap syslog tftp discard'.split(' ')),
};

/** Why Go cannot use this as a port when it opens or resolves an address; undefined when it can. */
export function portProblem(port: string, network: 'tcp' | 'udp'): string | undefined {
  if (port === '') return undefined;
  // What Go does not read as a number it hands to the system, which skips blanks in front.
  if (/^\s*[-+]?\d+$/.test(port)) {
    const number = Number(port);
    return number < 0 || number > 65_535 ? `address ${port}: invalid port` : undefined;
  }
  return services[network].has(port.toLowerCase()) ? undefined : `lookup ${network}/${port}: unknown port`;
}

/** Why `url.Parse` refuses an address; undefined when it does not. */
export function urlProblem(address: string): string | undefined {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(address)) return 'net/url: invalid control character in URL';
  const bare = address.split('#', 1)[0]!;
  const fragment = address.slice(bare.length);
  const escape = (text: string): string | undefined => /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text)?.[0];
  const badFragment = escape(fragment);
  if (badFragment !== undefined) return `invalid URL escape ${JSON.stringify(badFragment)}`;
  if (bare.startsWith(':')) return 'missing protocol scheme';
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(bare)?.[0] ?? '';
  const rest = bare.slice(scheme.length).replace(/\?.*$/s, '');
  if (!rest.startsWith('/')) {
    if (scheme !== '') return undefined;
    if (rest.split('/', 1)[0]!.includes(':')) return 'first path segment in URL cannot contain colon';
  }
  let path = rest;
  if (rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))) {
    const authority = rest.slice(2).split('/', 1)[0]!;
    path = rest.slice(2 + authority.length);
    const problem = authorityProblem(authority, escape);
    if (problem !== undefined) return problem;
  }
  const badPath = escape(path);
  return badPath === undefined ? undefined : `invalid URL escape ${JSON.stringify(badPath)}`;
}

function authorityProblem(authority: string, escape: (text: string) => string | undefined): string | undefined {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return 'net/url: invalid userinfo';
  const badUser = escape(user);
  if (badUser !== undefined) return `invalid URL escape ${JSON.stringify(badUser)}`;
  const host = authority.slice(at + 1);
  let port: string;
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']');
    if (close < 0) return "missing ']' in host";
    port = host.slice(close + 1);
  } else port = host.includes(':') ? host.slice(host.lastIndexOf(':')) : '';
  if (!/^(?::\d*)?$/.test(port)) return `invalid port ${JSON.stringify(port)} after host`;
  const badHost = escape(host);
  if (badHost !== undefined) return `invalid URL escape ${JSON.stringify(badHost)}`;
  const odd = /[ "<>\\^`{|}]/.exec(host)?.[0];
  return odd === undefined ? undefined : `invalid character ${JSON.stringify(odd)} in host name`;
}

/** `net.ParseIP` succeeds: dotted decimal without leading zeros, or IPv6 without a zone. */
export function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

export const isIpv4 = (text: string): boolean => {
  if (!/^[\d.]+$/.test(text)) return false;
  const parts = text.split('.');
  return parts.length === 4 && parts.every((p) => /^(?:0|[1-9]\d{0,2})$/.test(p) && Number(p) <= 255);
};

export function isIpv6(text: string): boolean {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(':')) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let count = 0;
  for (const [h, half] of halves.entries()) {
    if (half === '') continue;
    const groups = half.split(':');
    for (const [g, group] of groups.entries()) {
      const last = h === halves.length - 1 && g === groups.length - 1;
      if (last && group.includes('.')) {
        if (!isIpv4(group)) return false;
        count += 2;
      } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) count++;
      else return false;
    }
  }
  return halves.length === 2 ? count <= 7 : count === 8;
}

/** `net.ParseCIDR`: the length of the prefix and the family, or undefined. */
export function parseCidr(text: string): { readonly prefix: number; readonly v4: boolean } | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const [, ip = '', length = ''] = match;
  const prefix = Number(length);
  if (isIpv4(ip)) return prefix <= 32 ? { prefix, v4: true } : undefined;
  return isIpv6(ip) && prefix <= 128 ? { prefix, v4: false } : undefined;
}

/** Bytes of a text in UTF-8: Go's `len`. */
export const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8');
