/** A node that runs from the editor and has no control socket: it cannot be asked to reload. */
import { expect, test } from 'vitest';
import { decideOnSave, describePrediction, whyNoReload, withoutReload, type SaveFacts } from '../../../client/src/reload/decide.ts';
import type { ReloadPrediction } from '../../../server/src/protocol/requests.ts';

const predicted = (verdict: 'unchanged' | 'reloads', more: Partial<ReloadPrediction> = {}): ReloadPrediction => ({
  accepted: true,
  changes: verdict === 'reloads',
  items: [{ action: 'tcp-peer', verdict, text: '' }],
  ...more,
});
const facts = (prediction: ReloadPrediction, more: Partial<SaveFacts> = {}): SaveFacts => ({
  trusted: true,
  manual: true,
  setting: 'always',
  link: 'unreachable',
  format: 'v1',
  templated: false,
  errors: 0,
  prediction: withoutReload(prediction),
  linksDown: false,
  ...more,
});

test('what a reload would apply waits for a restart, and the save says so', () => {
  expect(describePrediction(withoutReload(predicted('reloads')))).toBe('needs a restart (tcp-peer)');
  expect(decideOnSave(facts(predicted('reloads')))).toMatchObject({ do: 'explain', why: 'restart' });
  expect(decideOnSave(facts(predicted('reloads'), { setting: 'ask' }))).toMatchObject({ do: 'explain', why: 'restart' });
});

test('nothing is said where nothing changed, nor of a save that was not by hand', () => {
  expect(decideOnSave(facts(predicted('unchanged'))).do).toBe('nothing');
  expect(decideOnSave(facts(predicted('reloads'), { manual: false })).do).toBe('nothing');
});

test('v2 watches its file, and needs no asking', () => {
  const watched = predicted('reloads', { watch: 'restarts' });
  expect(withoutReload(watched)).toBe(watched);
  expect(decideOnSave(facts(watched, { format: 'v2' })).do).toBe('watch');
});

test('the command says why it does not reload', () => {
  expect(whyNoReload({ link: 'unreachable', templated: false })).toContain('no control socket');
});
