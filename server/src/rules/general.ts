import type { Finding } from '../config/findings.ts';
import type { ItemRule } from './rule.ts';
import { advice, nameSpan, unwanted } from './rule.ts';

/** What counts for every action: forms that other tools cannot read, and what has no effect. */
export const generalRules: ItemRule = (item, scope) => {
  const findings: Finding[] = [];
  const { spec } = item;
  if (spec === undefined) return findings;
  if (item.shape === 'bare' && scope.format === 'v1' && !spec.exclusive) {
    const text = `${item.name?.text ?? spec.key}: null`;
    findings.push(
      unwanted(
        nameSpan(item),
        'bare-item',
        `receptor reads this, but AWX and \`receptorctl --config\` fail on an item without a colon: write \`- ${text}\`.`,
        {
          fixes: [{ kind: 'replace', span: nameSpan(item), text, title: `Change to ${text}`, preferred: true }],
        },
      ),
    );
  }
  if (spec.inert !== undefined) findings.push(advice(nameSpan(item), 'no-effect', `\`${spec.key}\` has no effect: ${spec.inert}.`));
  if (spec.broken !== undefined && scope.format === 'v2')
    findings.push(unwanted(nameSpan(item), 'v2-broken-section', `\`${spec.key}\` does not do what it says: ${spec.broken}.`));
  if (spec.name === 'command-runner')
    findings.push(unwanted(nameSpan(item), 'command-runner', 'The daemon runs this command once and ends: no node keeps running.'));
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
