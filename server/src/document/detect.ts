/**
 * Is this text a receptor config? Cheap and without a parser, because the client asks it for every YAML document that
 * opens, and conservative: a stranger's YAML must never get receptor's findings.
 *
 * The names stand here and not only in `schemas/` so that the client's bundle stays small;
 * `test/server/document/detect.test.ts` compares them with the schemas.
 */
export const actionNames: ReadonlySet<string> = new Set(
  (
    'node local-only log-level trace version control-service tls-server tls-client tcp-listener tcp-peer udp-listener udp-peer ws-listener ' +
    'ws-peer command-service ip-router tcp-server tcp-client udp-server udp-client unix-socket-server unix-socket-client work-signing ' +
    'work-verification work-command work-kubernetes work-python command-runner cert-init cert-makereq cert-signreq pyroscope-client'
  ).split(' '),
);

export const sectionNames: ReadonlySet<string> = new Set(
  (
    'node trace log-level local-only control-services tls-clients tls-servers work-commands work-kubernetes work-signing work-verification ' +
    'iprouters tcp-clients tcp-servers udp-clients udp-servers unix-socket-clients unix-socket-servers cert-init cert-makereqs ' +
    'cert-signreqs tcp-listeners udp-listeners ws-listeners tcp-peers udp-peers ws-peers'
  ).split(' '),
);

/** Words that other programs use as well: alone they prove nothing. */
const everyday = new Set(['node', 'version', 'trace']);

/** Submissions of work: a format of this extension's own, with a `node` of another meaning. */
const workFileName = /\.receptor-work\.ya?ml$/i;
const receptorName = /(?:^|[\\/._-])receptor[^\\/]*\.(?:conf|ya?ml)(?:\.(?:j2|tpl|template))?$/i;

/** Enough to know by: a config of megabytes is not looked through. */
const limit = 32 * 1024;

const blank = /^\s*(?:#.*|---.*|%.*|\{%.*|\{#.*|\.\.\.\s*)?$/;
/** `- name`, `- name: …`, `- {name: …` or the same with quotes. */
const item = /^-\s+(?:\{\s*)?(["']?)([A-Za-z][\w-]*)\1\s*(?:$|#|:(?:\s|$))/;
const templatedItem = /^-\s+\{\{/;
const key = /^(["']?)([A-Za-z][\w-]*)\1\s*:(?:\s|$)/;

/**
 * The format of a receptor config, or undefined for anything else.
 * - v1: a list most of whose items are known actions, not all of them everyday words.
 * - v2: a mapping with at least two known keys, not all of them everyday words.
 *
 * In a file that is called like a receptor config (`receptor.conf`, `receptor-node1.yml`) one known name is enough.
 * @param path file name or URI
 */
export function detectFormat(text: string, path = ''): 'v1' | 'v2' | undefined {
  if (workFileName.test(path)) return undefined;
  const named = receptorName.test(path);
  const lines = text
    .slice(0, limit)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  const first = lines.find((line) => !blank.test(line));
  if (first === undefined) return undefined;
  const indent = first.length - first.trimStart().length;
  const list = /^\s*-(?:\s|$)/.test(first);
  const names: string[] = [];
  let strangers = 0;
  let telling = false;
  for (const [index, line] of lines.entries()) {
    const text = line.slice(indent);
    if (/^\s/.test(text) || line.slice(0, indent).trim() !== '' || blank.test(text)) continue;
    if (list && templatedItem.test(text)) continue;
    const name = (list ? item : key).exec(text)?.[2]?.toLowerCase();
    if (name === undefined || !(list ? actionNames.has(name) : sectionNames.has(name) || name === 'version')) {
      strangers++;
      continue;
    }
    names.push(name);
    // `node` says little, `node` with an id says much.
    telling ||= !everyday.has(name) || (name === 'node' && /\bid\s*:/i.test(`${text} ${lines[index + 1] ?? ''}`) && list);
  }
  if (list) return names.length > strangers && (telling || named) ? 'v1' : undefined;
  if (named && names.length > 0 && names.length >= strangers) return 'v2';
  return new Set(names).size >= 2 && telling ? 'v2' : undefined;
}

/** True when {@link detectFormat} knows the text as a receptor config of either format. */
export const isReceptorConfig = (text: string, path = ''): boolean => detectFormat(text, path) !== undefined;
