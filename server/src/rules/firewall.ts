import type { Finding } from '../config/findings.ts';
import type { FirewallKey, FirewallRule, ItemReading } from '../config/model.ts';
import { fieldOf } from '../config/model.ts';
import { isMasked } from '../document/mask.ts';
import type { Span } from '../yaml/nodes.ts';
import { isNodeId } from './node.ts';
import { alternativesOf } from './re2.ts';
import type { ItemRule, Scope } from './rule.ts';
import { atLeast, crashes, unwanted } from './rule.ts';

/** Firewall rules beyond their keys and actions, which the schema knows: patterns, and rules that nothing reaches. */
export const firewallRules: ItemRule = (item, scope) => {
  const rules = rulesOf(item);
  const findings: Finding[] = [];
  let catchAll: FirewallRule | undefined;
  for (const rule of rules) {
    if (catchAll !== undefined) {
      findings.push(
        unwanted(
          rule.span,
          'firewall-unreachable',
          'Nothing reaches this rule: a rule before it matches every packet, and the first match decides.',
          {
            related: [{ span: catchAll.span, message: 'This rule matches every packet' }],
          },
        ),
      );
      break;
    }
    for (const key of conditions(rule)) findings.push(...patternFindings(key, scope));
    findings.push(...caseVariants(rule));
    if (matchesAll(rule)) catchAll = rule;
  }
  return findings;
};

const rulesOf = (item: ItemReading): readonly FirewallRule[] => {
  const value = fieldOf(item, 'firewallrules')?.value;
  return Array.isArray(value) ? (value as readonly FirewallRule[]) : [];
};

const conditions = (rule: FirewallRule): readonly FirewallKey[] =>
  rule.keys.filter((k) => k.name !== 'action' && k.isString && !isMasked(k.value.text));

/** Only rules whose conditions all hold for everything count: one whose condition is dropped has its own finding. */
const matchesAll = (rule: FirewallRule): boolean =>
  rule.keys.some((k) => k.name === 'action' && /^(?:accept|reject|drop)$/i.test(k.value.text)) &&
  rule.keys.every((k) => k.name === 'action' || (k.isString && /^(?:\/\^?\.\*\$?\/)?$/.test(k.value.text)));

const dropped = 'the daemon drops this condition without a word, so the rule matches more than it says';

/** Keys that differ only by letter case are one condition, or one action, in random order. */
function caseVariants({ keys }: FirewallRule): Finding[] {
  return keys.flatMap((key) => {
    const first = keys.find(({ name }) => name === key.name)!;
    if (first === key || key.name === '') return []; // keys that are no text are refused
    const message = `\`${first.key.text}\` and \`${key.key.text}\` are the same key: which value counts is left to chance at every start.`;
    return [unwanted(key.key.span, 'case-variants', message, { related: [{ span: first.key.span, message: 'The same key' }] })];
  });
}

function patternFindings({ name, value }: FirewallKey, scope: Scope): Finding[] {
  const { text } = value;
  const span: Span = value.span;
  if (!text.startsWith('/')) {
    if (!name.endsWith('node') || isNodeId(text) || !atLeast(scope, '1.5')) return [];
    const what = `No node can be called \`${text}\`, so this rule never applies: leave the condition out for every node, or write a regular expression between slashes.`;
    return [unwanted(span, 'peer-name', what)];
  }
  if (text === '/')
    return [
      crashes(
        span,
        'firewall-slash',
        `A lone slash makes the daemon crash: write \`/…/\` for a regular expression, or a name.`,
        'runtime error: slice bounds out of range [1:0]',
      ),
    ];
  if (!text.endsWith('/'))
    return [unwanted(span, 'firewall-pattern', `\`${name}\` begins with a slash but does not end with one: ${dropped}.`)];
  const pattern = text.slice(1, -1);
  const parts = alternativesOf(`^${pattern}$`);
  if (parts === undefined) return [unwanted(span, 'firewall-pattern', `\`${text}\` is no regular expression that Go reads: ${dropped}.`)];
  // The daemon puts the anchors around the whole: of several alternatives none has both, unless it says so itself.
  if (parts.every((part) => /^(?=\^|\.[*+]).*(?:\$|\.[*+])$/s.test(part))) return [];
  const grouped = `/(${pattern})/`;
  const message = `The daemon reads \`^${pattern}$\`, where no alternative is held at both ends: the rule matches more than it says. Write \`${grouped}\`.`;
  return [
    unwanted(span, 'firewall-pattern', message, {
      fixes: [{ kind: 'replace', span, text: grouped, title: `Change to ${grouped}`, preferred: true, any: true }],
    }),
  ];
}
