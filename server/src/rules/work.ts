import { parseDuration } from '../config/go-numbers.ts';
import type { Finding } from '../config/findings.ts';
import type { ItemReading } from '../config/model.ts';
import { fieldOf, noFindings } from '../config/model.ts';
import { durationAdvice, durationFix } from './node.ts';
import type { ItemRule, Scope } from './rule.ts';
import { crashes, isEmpty, isTrue, nameSpan, refusedAtStart, spanOf, textOf, unwanted } from './rule.ts';
import { noCommand } from './services.ts';

/** Name of the work type that every node has for work of other nodes. */
const builtIn = 'remote';

/** Work types, and the keys that sign and verify work. */
export const workRules: ItemRule = (item, scope) => {
  const findings: Finding[] = [];
  const type = fieldOf(item, 'worktype');
  if (type !== undefined && type.value === builtIn) {
    findings.push(
      refusedAtStart(
        item,
        scope,
        spanOf(type, item),
        'work-type-taken',
        '`remote` is the type that every node has by itself: choose another name.',
        `work type ${builtIn} already registered`,
      ),
    );
  }
  switch (item.spec?.name) {
    case 'work-signing':
      findings.push(...signing(item, scope));
      break;
    case 'work-verification':
      if (isEmpty(item, 'publickey')) findings.push(keyMissing(item, scope, 'publickey'));
      break;
    case 'work-command':
      findings.push(...noCommand(item), ...commandLine(item));
      break;
    case 'work-kubernetes':
      findings.push(...kubernetes(item, scope));
      break;
    case 'work-python':
      findings.push(
        refusedAtStart(
          item,
          scope,
          nameSpan(item),
          'work-python',
          'Python plugins no longer run: use `work-command`.',
          item.spec.broken ?? '',
          { fixes: [{ kind: 'remove-item' }] },
        ),
      );
      break;
    case undefined:
    default:
  }
  return findings;
};

/** What every unit of the type would fail with. */
function commandLine(item: ItemReading): readonly Finding[] {
  const findings: Finding[] = [];
  const command = fieldOf(item, 'command');
  const program = textOf(item, 'command');
  if (command !== undefined && program !== undefined && /\s-|^[^/]*\S\s+[^/\s]/.test(program)) {
    const message = `This is taken for the name of one program: put arguments into \`params\`, or every unit fails (exec: ${JSON.stringify(program)}: executable file not found in $PATH).`;
    findings.push(unwanted(spanOf(command, item), 'command-arguments', message));
  } else if (command !== undefined && program?.startsWith('~/') === true) {
    const message = `The daemon does not expand \`~\`: every unit fails (fork/exec ${program}: no such file or directory).`;
    findings.push(unwanted(spanOf(command, item), 'command-tilde', message));
  }
  const params = fieldOf(item, 'params');
  const open = unfinished(textOf(item, 'params') ?? '');
  if (params !== undefined && open !== undefined)
    findings.push(unwanted(spanOf(params, item), 'params-quotes', `A quote or an escape is not finished: every unit fails (${open}).`));
  return findings;
}

/** Why the daemon cannot split parameters into words, as its library (google/shlex) says it. */
function unfinished(text: string): string | undefined {
  if (!/['"\\#]/.test(text)) return undefined;
  let quote = '';
  let inWord = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote === "'") {
      if (c === quote) quote = '';
    } else if (c === '\\') {
      if (++i >= text.length) return 'EOF found after escape character';
      inWord = true;
    } else if (quote === '"') {
      if (c === quote) quote = '';
    } else if (c === '"' || c === "'") {
      quote = c;
      inWord = true;
    } else if (c === '#' && !inWord) {
      while (i < text.length && text[i] !== '\n') i++;
    } else inWord = !/[ \t\r\n]/.test(c);
  }
  return quote === '' ? undefined : 'EOF found when expecting closing quote';
}

function keyMissing(item: ItemReading, scope: Scope, name: string): Finding {
  const field = fieldOf(item, name);
  const span = field === undefined ? nameSpan(item) : spanOf(field, item);
  const fixes = field === undefined ? [{ kind: 'add-fields', names: [name] } as const] : [];
  return refusedAtStart(
    item,
    scope,
    span,
    'work-key-missing',
    `\`${item.spec?.key}\` needs \`${name}\`, the path of a key file.`,
    ' does not exist',
    { fixes },
  );
}

function signing(item: ItemReading, scope: Scope): readonly Finding[] {
  if (isEmpty(item, 'privatekey')) {
    const missing = keyMissing(item, scope, 'privatekey');
    return [
      isEmpty(item, 'tokenexpiration') && fieldOf(item, 'privatekey') === undefined
        ? { ...missing, fixes: [{ kind: 'add-fields', names: ['privatekey', 'tokenexpiration'] }] }
        : missing,
    ];
  }
  const expiration = fieldOf(item, 'tokenexpiration');
  if (isEmpty(item, 'tokenexpiration')) {
    const span = expiration === undefined ? nameSpan(item) : spanOf(expiration, item);
    return [
      crashes(
        span,
        'token-expiration-missing',
        'Without `tokenexpiration` the daemon crashes at start: add a duration, such as `5m`.',
        'runtime error: invalid memory address or nil pointer dereference',
        {
          fixes: [{ kind: 'add-fields', names: ['tokenexpiration'] }],
        },
      ),
    ];
  }
  const text = textOf(item, 'tokenexpiration');
  if (expiration === undefined || text === undefined) return noFindings;
  const duration = parseDuration(text);
  if (duration !== undefined)
    return duration > 0
      ? noFindings
      : [
          unwanted(
            spanOf(expiration, item),
            'token-expired',
            'A signature that ends before it is looked at: every unit that this node signs is refused.',
          ),
        ];
  const daemon = "failed to parse TokenExpiration -- valid examples include '1.5h', '30m', '30m10s'";
  return [
    refusedAtStart(item, scope, spanOf(expiration, item), 'duration', durationAdvice(text), daemon, durationFix(text, expiration.span)),
  ];
}

/** The daemon's order: the first that fails is what it prints, and what follows from it is no second cause. */
function kubernetes(item: ItemReading, scope: Scope): readonly Finding[] {
  const method = fieldOf(item, 'authmethod');
  if (method !== undefined && typeof method.value !== 'string') return noFindings;
  const auth = typeof method?.value === 'string' ? method.value.toLowerCase() : 'incluster';
  if (scope.format === 'v1' && auth === '') return noFindings; // the schema says so
  const findings: Finding[] = [];
  const report = (name: string, code: string, what: string, daemon: string): void => {
    const field = fieldOf(item, name);
    findings.push(
      refusedAtStart(
        item,
        scope,
        field === undefined ? nameSpan(item) : spanOf(field, item),
        code,
        what,
        daemon,
        field === undefined ? { fixes: [{ kind: 'add-fields', names: [name] }] } : {},
      ),
    );
  };
  if (auth !== 'kubeconfig' && isEmpty(item, 'namespace') && !maybe(item, 'allowruntimeauth')) {
    report(
      'namespace',
      'kubernetes-namespace',
      'Give the namespace for the pods, or set `allowruntimeauth: true`.',
      'must provide namespace when AuthMethod is not kubeconfig',
    );
  }
  const kubeconfig = textOf(item, 'kubeconfig');
  if (kubeconfig !== undefined && kubeconfig !== '' && auth !== 'kubeconfig') {
    report(
      'kubeconfig',
      'kubernetes-kubeconfig',
      'A kubeconfig is read only with `authmethod: kubeconfig`.',
      'can only provide KubeConfig when AuthMethod=kubeconfig',
    );
  }
  const pod = textOf(item, 'pod');
  const other = ['image', 'command', 'params'].find((name) => (textOf(item, name) ?? '') !== '');
  if (pod !== undefined && pod !== '' && other !== undefined) {
    report(
      'pod',
      'kubernetes-pod',
      `A pod says all by itself: remove \`${other}\`, or the pod.`,
      'can only provide Pod when Image, Command, and Params are empty',
    );
  }
  if (isEmpty(item, 'pod') && isEmpty(item, 'image') && !maybe(item, 'allowruntimecommand') && !maybe(item, 'allowruntimepod')) {
    report(
      'image',
      'kubernetes-image',
      'Give an image, or let whoever submits work choose one with `allowruntimecommand` or `allowruntimepod`.',
      'must specify a container image to run',
    );
  }
  return findings;
}

/** True, or filled in by a template. */
const maybe = (item: ItemReading, name: string): boolean =>
  isTrue(item, name) || fieldOf(item, name)?.templated === true || (item.templated && fieldOf(item, name) === undefined);
