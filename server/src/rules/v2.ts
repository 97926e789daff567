import type { Finding, Fix } from '../config/findings.ts';
import type { ItemReading } from '../config/model.ts';
import { fieldOf } from '../config/model.ts';
import type { Span } from '../yaml/nodes.ts';
import type { ItemRule } from './rule.ts';
import { atLeast, crashes, has, nameSpan, spanOf, unwanted } from './rule.ts';

/** What v2 does with an entry that v1 would not. */
export const v2ItemRules: ItemRule = (item, scope) => {
  const findings: Finding[] = [];
  const name = item.spec?.name ?? '';
  const redial = fieldOf(item, 'redial');
  if (redial?.value === false)
    findings.push(
      unwanted(spanOf(redial, item), 'v2-redial', 'v2 forces `redial` to true: the daemon keeps dialling whatever is written here.', {
        fixes: [{ kind: 'remove-field' }],
      }),
    );
  const cost = fieldOf(item, 'cost');
  if (cost?.value === 0 && item.spec?.group === 'backends')
    findings.push(unwanted(spanOf(cost, item), 'v2-cost-zero', 'v2 takes a cost of 0 for none at all: the link costs 1.'));
  if (item.spec?.group === 'backends' && atLeast(scope, '1.6')) {
    for (const part of fieldOf(item, 'nodecost')?.parts ?? []) {
      if (part.key === undefined || part.key.text === part.key.text.toLowerCase()) continue;
      findings.push(
        unwanted(
          part.key.span,
          'v2-nodecost-case',
          `v2 reads this key in lower case: the cost never counts for the node \`${part.key.text}\`.`,
        ),
      );
    }
  }
  const service = fieldOf(item, 'service');
  if (name === 'control-service' && service?.value === '')
    findings.push(
      unwanted(spanOf(service, item), 'no-effect', 'v2 takes an empty name for none: the service is on the mesh as `control`.'),
    );
  if (name === 'local-only') findings.push(...skipped(item));
  const permissions = fieldOf(item, 'permissions');
  if (name === 'unix-socket-server' && (permissions === undefined || permissions.value === 0) && !item.templated) {
    const fix: Fix =
      permissions === undefined
        ? { kind: 'add-fields', names: ['permissions'] }
        : { kind: 'replace', span: permissions.span, text: '0600', title: 'Change to 0600' };
    findings.push(
      unwanted(
        permissions === undefined ? nameSpan(item) : spanOf(permissions, item),
        'v2-socket-mode',
        'v2 has no default here: without `permissions` the socket has mode 000 and nobody but root can open it.',
        { fixes: [fix] },
      ),
    );
  }
  if (name === 'ws-listener' && !atLeast(scope, '1.6') && !has(item, 'path') && !item.templated) {
    findings.push(
      crashes(
        nameSpan(item),
        'ws-path-empty',
        'Without `path` this release crashes when it reads v2: write `path: /`.',
        'http: invalid pattern',
        { fixes: [{ kind: 'add-fields', names: ['path'] }] },
      ),
    );
  }
  return findings;
};

/** A `local-only` that counts for nothing; one that is refused has that finding. */
function skipped(item: ItemReading): Finding[] {
  const local = fieldOf(item, 'local');
  if (item.shape === 'broken' || item.templated || (local !== undefined && local.value !== false)) return [];
  const replace = (span: Span, text: string): Fix => ({ kind: 'replace', span, text, title: 'Change to local: true', preferred: true });
  const { span } = item;
  const fix: Fix =
    local !== undefined
      ? replace(local.span, 'true')
      : item.shape === 'null'
        ? replace(span, span.end > span.start ? '{local: true}' : ' {local: true}')
        : { kind: 'add-fields', names: ['local'] };
  return [unwanted(nameSpan(item), 'v2-local-only', 'v2 skips this: only `local-only: {local: true}` counts.', { fixes: [fix] })];
}
