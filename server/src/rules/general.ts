import type { Finding } from '../config/findings.ts';
import { fieldOf } from '../config/model.ts';
import type { ItemRule } from './rule.ts';
import { advice, nameSpan, spanOf, unwanted } from './rule.ts';

/** What counts for every action: forms that other tools cannot read, and what has no effect. */
export const generalRules: ItemRule = (item, scope) => {
  const findings: Finding[] = [];
  const { spec } = item;
  if (spec === undefined) return findings;
  if (item.shape === 'bare' && scope.format === 'v1' && !spec.exclusive) {
    const text = `${item.name?.text ?? spec.key}: null`;
    findings.push(
      advice(
        nameSpan(item),
        'bare-item',
        `receptor reads this, but AWX and \`receptorctl --config\` fail on an item without a colon: write \`- ${text}\`.`,
        'information',
        {
          fixes: [{ kind: 'replace', span: nameSpan(item), text, title: `Change to ${text}`, preferred: true }],
        },
      ),
    );
  }
  if (spec.inert !== undefined && scope.format === 'v1')
    findings.push(advice(nameSpan(item), 'no-effect', `\`${spec.key}\` has no effect: ${spec.inert}.`));
  if (spec.name === 'command-runner')
    findings.push(unwanted(nameSpan(item), 'command-runner', 'The daemon runs this command once and ends: no node keeps running.'));
  const local = spec.name === 'local-only' && scope.format === 'v1' ? fieldOf(item, 'local') : undefined;
  if (local?.value === false)
    findings.push(
      unwanted(
        spanOf(local, item),
        'no-effect',
        '`local: false` has no effect in v1: the item counts whatever `local` says, and keeps the node running without links. Remove the item.',
        { fixes: [{ kind: 'remove-item' }] },
      ),
    );
  for (const field of item.fields) {
    if (field.spec?.inert === undefined || field.key === undefined) continue;
    findings.push(
      advice(
        field.key.span,
        'no-effect',
        `\`${field.name}\` has no effect: ${field.spec.inert}.`,
        scope.format === 'v1' ? 'warning' : 'information',
      ),
    );
  }
  return findings;
};
