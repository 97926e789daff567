/** Which item of a config a cause is about: pure, so that every case can be listed in a test. */
import type { ConfigSummary } from '../../../../server/src/protocol/requests.ts';
import type { LogCause } from '../../runner/log.ts';

type Item = ConfigSummary['items'][number];

/** What is known of the item that is looked for. */
export type Cause = Pick<LogCause, 'actions' | 'field' | 'needsField'> & { readonly name?: string | undefined };

/** The one item that can be meant; undefined when none fits or several do: no item is blamed by guess. */
export function itemToBlame(items: readonly Item[], { actions, field, needsField = false, name }: Cause): Item | undefined {
  const candidates = items.filter(
    ({ action, fields }) => actions.includes(action) && (!needsField || field === undefined || fields.includes(field)),
  );
  const fitting = name === undefined ? candidates : called(candidates, name);
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** The items that are called so: exactly, else by the address that the daemon made of what is written. */
function called(items: readonly Item[], name: string): readonly Item[] {
  const exact = items.filter(({ address, names }) => address === name || names.includes(name));
  if (exact.length > 0) return exact;
  const wanted = partsOf(name);
  const fitting = items.flatMap((item) => {
    const here = item.address === undefined ? undefined : partsOf(item.address);
    // A name without a port is a host's, as certificates are made for.
    const samePort = here !== undefined && (wanted.port === undefined || here.port === wanted.port);
    return samePort && mayBeSameHost(here.host, wanted.host) ? [{ item, host: here.host }] : [];
  });
  const sameHost = fitting.filter(({ host }) => host === wanted.host);
  return (sameHost.length > 0 ? sameHost : fitting).map(({ item }) => item);
}

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const literal = /^(?:\d+\.\d+\.\d+\.\d+|\[.*\]|localhost)$/;

/** What is dialled is told as an IP address: a name may stand for it, another IP address does not. */
const mayBeSameHost = (written: string, told: string): boolean =>
  written === told || (loopback.test(written) && loopback.test(told)) || !literal.test(written) || !literal.test(told);

/** Of `host:port`, a port alone (every host), or a URL, which has a port of its own. */
function partsOf(address: string): { host: string; port: string | undefined } {
  if (/^\d+$/.test(address)) return { host: '0.0.0.0', port: address };
  const found = /^(?:(wss?):\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d+))?(?:\/.*)?$/i.exec(address);
  const [, scheme, host = address, port] = found ?? [];
  const usual = scheme === undefined ? undefined : scheme.toLowerCase() === 'wss' ? '443' : '80';
  return { host: host === '' ? '0.0.0.0' : host.toLowerCase(), port: port ?? usual };
}
