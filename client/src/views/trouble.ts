/** New trouble in the meshes that are watched: what went wrong since the user last looked. No `vscode`. */
import type { MeshDiff } from '../mesh/diff.ts';
import type { MeshNode, MeshSnapshot } from '../mesh/model.ts';

export class Trouble {
  /** Of each source, what is wrong with each node. What was wrong when a mesh was first seen is in it, and is no news. */
  readonly #known = new WeakMap<object, Map<string, string>>();
  readonly #news = new Map<string, object>();

  /** Sentences, oldest first. */
  get news(): readonly string[] {
    return [...this.#news.keys()];
  }

  /** What is wrong now and was not before is news; what is well again is no trouble any more. */
  update(source: object, snapshot: MeshSnapshot, { nodes }: MeshDiff): void {
    const before = this.#known.get(source);
    const known = before ?? new Map<string, string>();
    this.#known.set(source, known);
    for (const id of nodes.removed) this.#settle(known, id);
    for (const id of [...nodes.added, ...nodes.changed]) {
      const sentence = troubleOf(snapshot.nodes.get(id));
      if (known.get(id) === sentence) continue;
      this.#settle(known, id);
      if (sentence === undefined) continue;
      known.set(id, sentence);
      if (before !== undefined) this.#news.set(sentence, source);
    }
  }

  acknowledge(): void {
    this.#news.clear();
  }

  forget(source: object): void {
    this.#known.delete(source);
    for (const [sentence, of] of this.#news) if (of === source) this.#news.delete(sentence);
  }

  #settle(known: Map<string, string>, id: string): void {
    const sentence = known.get(id);
    if (sentence === undefined) return;
    known.delete(id);
    this.#news.delete(sentence);
  }
}

function troubleOf(node: MeshNode | undefined): string | undefined {
  if (node === undefined || node.state === 'self') return undefined;
  if (node.state === 'unreachable') return `${node.id} is unreachable`;
  return node.stale ? `${node.id} has not been heard from lately` : undefined;
}
