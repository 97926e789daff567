/** What the place of a cursor means to receptor. */
import { knowledgeOf, type ActionSpec, type ConfigFormat, type FieldSpec } from '../schema/knowledge.ts';
import type { Cursor, Step } from './cursor.ts';

export type Target =
  /** An action (v1) or a section (v2). `dash`: the list entry's dash is not there yet. */
  | { readonly kind: 'action'; readonly dash: boolean }
  /** A field. `dash`: it opens an entry of a v2 list. `shift`: columns that it stands too far left. */
  | {
      readonly kind: 'field';
      readonly action: ActionSpec;
      readonly dash: boolean;
      readonly shift: number;
      readonly present: readonly string[];
    }
  /** The value of a field, or (`part`) of an element of a list. */
  | { readonly kind: 'value'; readonly action: ActionSpec; readonly field: FieldSpec; readonly part: boolean }
  /** The key of an entry of a map. */
  | { readonly kind: 'map-key'; readonly action: ActionSpec; readonly field: FieldSpec }
  | { readonly kind: 'map-value'; readonly action: ActionSpec; readonly field: FieldSpec }
  | { readonly kind: 'rule-key'; readonly action: ActionSpec; readonly field: FieldSpec; readonly present: readonly string[] }
  | { readonly kind: 'rule-value'; readonly action: ActionSpec; readonly field: FieldSpec; readonly key: string };

export function targetAt(cursor: Cursor, format: ConfigFormat): Target | undefined {
  if (cursor.place === 'none') return undefined;
  return format === 'v1' ? v1Target(cursor) : v2Target(cursor);
}

function v1Target(cursor: Cursor): Target | undefined {
  const { path, place, siblings } = cursor;
  const { actions } = knowledgeOf('v1');
  if (path.length === 0) return place === 'key' && !cursor.flow ? { kind: 'action', dash: true } : undefined;
  if (path[0]!.kind !== 'entry') return undefined;
  const key = path[1];
  if (key === undefined) {
    if (place !== 'key') return undefined;
    const [action] = siblings;
    if (action === undefined || cursor.colonFollows) return { kind: 'action', dash: false };
    // A second key in an item is always wrong: its author wants a field, indented as an editor suggests.
    const spec = actions.get(action);
    if (spec === undefined || cursor.flow) return undefined;
    return {
      kind: 'field',
      action: spec,
      dash: false,
      shift: Math.max(path[0]!.column + 4 - cursor.column, 0),
      present: siblings.slice(1),
    };
  }
  const action = key.kind === 'key' ? actions.get(key.name) : undefined;
  if (action === undefined) return undefined;
  if (path.length === 2 && place === 'value') {
    return action.bare === undefined ? undefined : { kind: 'value', action, field: action.bare, part: false };
  }
  return inAction(cursor, action, path.slice(2));
}

function v2Target(cursor: Cursor): Target | undefined {
  const { path, place } = cursor;
  if (path.length === 0) return place === 'key' ? { kind: 'action', dash: false } : undefined;
  const section = path[0]!;
  const action = section.kind === 'key' ? knowledgeOf('v2').actions.get(section.name.toLowerCase()) : undefined;
  if (action === undefined) return undefined;
  const inEntry = path[1]?.kind === 'entry';
  if (path.length === 1) {
    if (place !== 'key') return undefined;
    return { kind: 'field', action, dash: action.list && !cursor.flow && cursor.siblings.length === 0, shift: 0, present: cursor.siblings };
  }
  return inAction(cursor, action, path.slice(inEntry ? 2 : 1));
}

/** `path` is what follows the action, or the entry of a v2 list. */
function inAction(cursor: Cursor, action: ActionSpec, path: readonly Step[]): Target | undefined {
  const { place, siblings } = cursor;
  const [first, second, third] = path;
  if (first === undefined) return place === 'key' ? { kind: 'field', action, dash: false, shift: 0, present: siblings } : undefined;
  const field = first.kind === 'key' ? action.fields.get(first.name.toLowerCase()) : undefined;
  if (field === undefined) return undefined;
  if (field.kind === 'firewall-rules') {
    const rest = second?.kind === 'entry' ? third : second;
    if (second === undefined) return undefined;
    if (rest === undefined) return place === 'key' ? { kind: 'rule-key', action, field, present: siblings } : undefined;
    return rest.kind === 'key' ? { kind: 'rule-value', action, field, key: rest.name.toLowerCase() } : undefined;
  }
  if (field.kind.endsWith('-map')) {
    if (second === undefined) return place === 'key' ? { kind: 'map-key', action, field } : undefined;
    return { kind: 'map-value', action, field };
  }
  if (field.kind === 'strings') {
    if (second === undefined) return { kind: 'value', action, field, part: true };
    return second.kind === 'entry' && third === undefined ? { kind: 'value', action, field, part: true } : undefined;
  }
  return second === undefined ? { kind: 'value', action, field, part: false } : undefined;
}
