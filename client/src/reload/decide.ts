/** What to do when a config was saved: pure, so that every case can be listed in a test. */
import type { ReloadPrediction } from '../../../server/src/protocol/requests.ts';

export type ReloadSetting = 'ask' | 'always' | 'never';

/**
 * How a file stands to a running node.
 * - `running`: its control socket answers with the node id of the file, or the user linked it to a connection
 * - `unreachable`: we run its node, and the file names no control socket
 * - `not-running`: nothing answers
 * - `other-node`: something answers, with another id
 * - `other-file`: it answers, but reads another path: it was started from there, or the file was renamed or deleted since
 * - `unknown`: the file names no control service that can be reached from here, and no link was made
 */
export type LinkKind = 'running' | 'unreachable' | 'not-running' | 'other-node' | 'other-file' | 'unknown';

export interface SaveFacts {
  readonly trusted: boolean;
  /** False for auto-save: a link must never drop because an editor lost the focus. */
  readonly manual: boolean;
  readonly setting: ReloadSetting;
  readonly link: LinkKind;
  readonly format: 'v1' | 'v2';
  readonly templated: boolean;
  /** Findings for which the daemon would refuse the file. */
  readonly errors: number;
  /** Undefined: we do not know what the node runs now. */
  readonly prediction: ReloadPrediction | undefined;
  /** What was changed since we look at the file with this node: the least that differs, when the prediction is unknown. */
  readonly change?: ReloadPrediction | undefined;
  /** A reload was refused after the daemon had stopped its backends: any that is taken brings them back. */
  readonly linksDown: boolean;
}

export type SaveDecision =
  /** `reason` is for the log. */
  | { readonly do: 'nothing'; readonly reason: string }
  | { readonly do: 'reload' }
  | { readonly do: 'ask' }
  /** v2: the daemon has seen the file itself. Say what it does with it, and watch its links. */
  | { readonly do: 'watch'; readonly prediction: ReloadPrediction }
  /** The reload would fail, or nobody knows: say why, and offer what is left. */
  | { readonly do: 'explain'; readonly why: 'errors' | 'restart' | 'refused' | 'unknown'; readonly message: string };

const unknownBaseline = 'What the node runs now is not known here';

/** Why a file's node cannot be reloaded at all, however it is asked for; undefined when it can. */
export function whyNoReload({ link, templated }: Pick<SaveFacts, 'link' | 'templated'>): string | undefined {
  if (templated) return 'the file is a template, and what the node reads is made from it';
  switch (link) {
    case 'running':
      return undefined;
    case 'unreachable':
      return 'the file names no control socket by which its node could be asked: restart it';
    case 'not-running':
      return 'no node that runs this file answers';
    case 'other-node':
      return 'another node answers at its control service';
    case 'other-file':
      return 'the node was not started from this file, or the file is gone: a reload would read another path';
    case 'unknown':
      return 'no node is known to run this file';
  }
}

/** Decides in the order in which a reason excludes all that follow. */
export function decideOnSave(facts: SaveFacts): SaveDecision {
  const nothing = (reason: string): SaveDecision => ({ do: 'nothing', reason });
  if (!facts.trusted) return nothing('the workspace is not trusted');
  if (facts.setting === 'never') return nothing('receptor.reloadOnSave is "never"');
  // A node without a control socket can still be restarted, and in v2 it watches its file: that is told.
  const no = whyNoReload(facts.link === 'unreachable' ? { ...facts, link: 'running' } : facts);
  if (no !== undefined) return nothing(no);
  if (!facts.manual) return nothing('it was saved automatically');
  const { prediction } = facts;
  if (facts.format === 'v2') {
    if (prediction === undefined) return nothing('what the daemon has seen of the file is unknown');
    const rests = prediction.watch === 'nothing' && prediction.items.every(({ verdict }) => verdict === 'unchanged');
    return rests ? nothing('the daemon sees no change in it') : { do: 'watch', prediction };
  }
  const unknown = prediction === undefined;
  const expected = prediction ?? facts.change;
  if (expected?.accepted === true && !expected.changes && !facts.linksDown) {
    return nothing(`nothing that a reload applies has changed${unknown ? ' since the file is looked at' : ''}`);
  }
  if (facts.errors > 0) {
    const findings = facts.errors === 1 ? 'an error' : `${facts.errors} errors`;
    return { do: 'explain', why: 'errors', message: `The file has ${findings}: a reload would be refused.` };
  }
  if (expected !== undefined && !expected.accepted) {
    const message = expected.message ?? 'The node would refuse the reload.';
    return {
      do: 'explain',
      why: expected.code === 3 ? 'restart' : 'refused',
      message: unknown ? `${message} (${unknownBaseline}: this is by what was changed since the file is looked at.)` : message,
    };
  }
  if (facts.setting === 'ask') return { do: 'ask' };
  // Links that are down cannot be lost.
  if (expected === undefined && !facts.linksDown) {
    return { do: 'explain', why: 'unknown', message: `${unknownBaseline}, nor what a reload would change: it would drop all links.` };
  }
  return { do: 'reload' };
}

/** The same for a node that cannot be asked to reload: what a reload would apply waits for a restart. v2 needs no asking. */
export function withoutReload(prediction: ReloadPrediction): ReloadPrediction {
  if (prediction.watch !== undefined || !prediction.accepted || !prediction.changes) return prediction;
  const items = prediction.items.map((item) => (item.verdict === 'reloads' ? { ...item, verdict: 'restart' as const } : item));
  return {
    ...prediction,
    items,
    accepted: false,
    code: 3,
    message: 'Its node has no control socket, and reads the file only when it starts.',
  };
}

/** A few words for the status bar: what a save would do. */
export function describePrediction(prediction: ReloadPrediction, linksDown = false): string {
  const named = (verdict: string): string[] => [...new Set(prediction.items.filter((i) => i.verdict === verdict).map((i) => i.action))];
  const restart = named('restart');
  switch (prediction.watch) {
    case 'crash':
      return `would end the node: it cannot read ${named('refused').join(', ') || 'a backend'}`;
    case 'ignored':
      return 'would be ignored: there is nothing in it that the node can use';
    case 'restarts':
      return `restarts ${backends(prediction)} at once${restart.length === 0 ? '' : `; ${restart.join(', ')} waits for a restart`}`;
    case 'nothing':
      return restart.length === 0 ? 'changes nothing' : `needs a restart (${restart.join(', ')})`;
    case undefined:
      break;
  }
  if (!prediction.accepted) {
    if (prediction.code === 3) return `needs a restart (${restart.join(', ')})`;
    return `would fail: ${prediction.message ?? 'refused'}`;
  }
  if (!prediction.changes) return linksDown ? 'will bring its links back' : 'nothing to reload';
  return `will reload ${backends(prediction)}`;
}

/** How many backends change. One that was edited is told twice: as the new one, and as the old one that is gone. */
function backends({ items }: ReloadPrediction): string {
  const changed = items.filter((i) => i.verdict === 'reloads');
  const gone = changed.filter((i) => i.range === undefined).length;
  const count = Math.max(gone, changed.length - gone);
  return count === 0 ? 'its backends' : `${count} ${count === 1 ? 'backend' : 'backends'}`;
}
