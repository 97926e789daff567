/** What the daemon's reply to `reload` means (receptor 1.5.5 and 1.6.9). */

/** The part of the config that a refusal names, as far as its words tell. */
export interface BlamedPart {
  readonly action?: string;
  readonly field?: string;
  /** A TLS config, an address, a node id: as the daemon printed it. */
  readonly name?: string;
}

export type ReloadOutcome =
  | { readonly kind: 'done' }
  /** ERRORCODE 3: an item that is read only at start was changed or removed. Nothing was touched. */
  | { readonly kind: 'restart-needed'; readonly action: string; readonly change: 'changed' | 'removed'; readonly message: string }
  /** v2, or started without `--config`: there is no reload. v2 watches its file itself. */
  | { readonly kind: 'no-reload'; readonly message: string }
  /**
   * ERRORCODE 4: the new text was refused. `backendsDown` is true when the daemon had stopped its backends before it
   * found out: it keeps running, without any link.
   */
  | {
      readonly kind: 'refused';
      readonly message: string;
      readonly part: BlamedPart;
      readonly backendsDown: boolean;
      /** The listener's old socket was not closed yet, a race in the daemon: asking once more usually succeeds. */
      readonly retry: boolean;
    }
  /** The connection ended before the answer came: whether the text was taken is not known. */
  | { readonly kind: 'lost'; readonly message: string }
  /** Words that no known daemon says. */
  | { readonly kind: 'unknown'; readonly message: string };

/** A bare item (`- trace`) is named with its line feed. */
const needsRestart = /a non-reloadable config action '([^']+?)\s*' was (modified or added|removed)\./;

/** Reads the reply of the `reload` command. */
export function readReloadReply(reply: { readonly Success: boolean; readonly Error?: string }): ReloadOutcome {
  if (reply.Success) return { kind: 'done' };
  const whole = reply.Error ?? '';
  const message = whole.replace(/ ERRORCODE \d+$/, '');
  if (message.startsWith('no configuration file was provided')) return { kind: 'no-reload', message };
  const restart = needsRestart.exec(message);
  if (restart !== null)
    return {
      kind: 'restart-needed',
      action: restart[1]!,
      change: restart[2] === 'removed' ? 'removed' : 'changed',
      message: message.replace(/\n'/, "'"),
    };
  if (!whole.endsWith('ERRORCODE 4')) return { kind: 'unknown', message: whole };
  return {
    kind: 'refused',
    message,
    part: blame(message),
    backendsDown: isRunError(message),
    retry: /bind: address already in use/.test(message),
  };
}

/** Errors of the second half of a reload: by then the old backends are gone. What is read or prepared first is refused before. */
const isRunError = (message: string): boolean =>
  /^(?:unknown TLS config|pinned fingerprints missing|listen (?:tcp|udp)|address (?!.+ is not a valid URL).+: (?:missing port|too many colons|missing '\]'|invalid port)|lookup )/.test(
    message,
  );

const blamePatterns: readonly { readonly pattern: RegExp; readonly read: (found: RegExpExecArray) => BlamedPart }[] = [
  { pattern: /error setting field (.+?) in command (.+?): /, read: (m) => ({ field: m[1]!.toLowerCase(), action: m[2]! }) },
  { pattern: /field (.+?) not defined for command (.+?): /, read: (m) => ({ field: m[1]!.toLowerCase(), action: m[2]! }) },
  { pattern: /error in (.+?): required parameters? missing: (.+)$/, read: (m) => ({ action: m[1]!, field: m[2]!.split(', ')[0]! }) },
  { pattern: /invalid config format for (.+)$/, read: (m) => ({ action: m[1]! }) },
  { pattern: /could not get (?:config type|barevalue) for command (.+?):/, read: (m) => ({ action: m[1]! }) },
  { pattern: /only one (.+?) directive is allowed/, read: (m) => ({ action: m[1]! }) },
  { pattern: /cannot specify any other options with (.+)$/, read: (m) => ({ action: m[1]! }) },
  { pattern: /unknown TLS config (.+)$/, read: (m) => ({ field: 'tls', name: m[1]! }) },
  { pattern: /pinned fingerprints missing for (.+)$/, read: (m) => ({ field: 'tls', name: m[1]! }) },
  { pattern: /connection cost must be positive for (.+)$/, read: (m) => ({ field: 'nodecost', name: m[1]! }) },
  { pattern: /connection cost must be positive/, read: () => ({ field: 'cost' }) },
  { pattern: /address (.+?) is not a valid URL/, read: (m) => ({ action: 'ws-peer', field: 'address', name: m[1]! }) },
  { pattern: /extra header must be in the form/, read: () => ({ action: 'ws-peer', field: 'extraheader' }) },
  { pattern: /listen (?:tcp|udp):? (?:address )?(\S+?):? /, read: (m) => ({ field: 'port', name: m[1]! }) },
  { pattern: /^lookup ([^\s/]+)(?: on \S+)?: /, read: (m) => ({ field: 'address', name: m[1]! }) },
  { pattern: /^address (\S+):? /, read: (m) => ({ field: 'address', name: m[1]!.replace(/:$/, '') }) },
];

function blame(message: string): BlamedPart {
  for (const { pattern, read } of blamePatterns) {
    const found = pattern.exec(message);
    if (found !== null) return read(found);
  }
  return {};
}
