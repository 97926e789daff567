import type { Finding } from '../config/findings.ts';
import type { ItemReading } from '../config/model.ts';
import { noFindings } from '../config/model.ts';
import type { ActionGroup } from '../schema/knowledge.ts';
import { backendRules } from './backends.ts';
import { certificateRules } from './certificates.ts';
import { firewallRules } from './firewall.ts';
import { generalRules } from './general.ts';
import { nodeRules } from './node.ts';
import type { ItemRule, Scope } from './rule.ts';
import { joined } from './rule.ts';
import { serviceRules } from './services.ts';
import { tlsRules } from './tls.ts';
import { v2ItemRules } from './v2.ts';
import { valueRules } from './values.ts';
import { workRules } from './work.ts';

/** Rules by the group of the action that they are about. */
const byGroup: Readonly<Record<ActionGroup, readonly ItemRule[]>> = {
  node: [nodeRules, firewallRules],
  control: [serviceRules],
  backends: [backendRules],
  tls: [tlsRules],
  services: [serviceRules],
  work: [workRules],
  certificates: [certificateRules],
  other: [],
};

/** What is wrong with an item that its reading did not say: start-up checks, and values that surely are not meant so. */
export function itemFindings(item: ItemReading, scope: Scope): readonly Finding[] {
  if (item.spec === undefined || item.shape === 'broken') return noFindings;
  let findings = joined(generalRules(item, scope), valueRules(item, scope));
  const rules = item.spec.name === 'node' || item.spec.group !== 'node' ? byGroup[item.spec.group] : undefined;
  if (rules !== undefined) for (const rule of rules) findings = joined(findings, rule(item, scope));
  if (scope.format === 'v2') findings = joined(findings, v2ItemRules(item, scope));
  return findings.length === 0 ? noFindings : onceForPlaces(findings);
}

/** A place to fill in is one cause: told as such, or as the error that it leads to. */
function onceForPlaces(findings: readonly Finding[]): readonly Finding[] {
  const places = findings.filter(({ code }) => code === 'placeholder');
  if (places.length === 0) return findings;
  const at = ({ span }: Finding, others: readonly Finding[]): boolean =>
    others.some((other) => other.span.start === span.start && other.span.end === span.end);
  const errors = findings.filter(({ severity }) => severity === 'error');
  return findings.filter((f) => (f.code === 'placeholder' ? !at(f, errors) : f.code !== 'address-host' || !at(f, places)));
}
