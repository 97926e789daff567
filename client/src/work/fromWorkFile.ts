/** An entry of a work file made into a submission: variables replaced, files of parameters read. */
import path from 'node:path';
import { readParameter } from './payload.ts';
import type { Submission } from './submission.ts';
import { expandVariables, readsEnvironment, type VariableContext } from './variables.ts';
import type { Place, WorkEntry } from './workFile.ts';

/**
 * @param files `untouched` leaves out the parameters that stand in files: no file is opened
 * @throws VariableError for a variable without a value, PayloadError for a parameter's file that can't be read, Error for
 * an entry that is not complete. No message has the value of a parameter.
 */
export async function submissionOf(entry: WorkEntry, context: VariableContext, files: 'read' | 'untouched' = 'read'): Promise<Submission> {
  if (entry.workType === undefined || !entry.complete) throw new Error('This submission has errors: see the Problems view.');
  const text = (place: Place<string> | undefined): string | undefined =>
    place === undefined ? undefined : expandVariables(place.value, context);
  const file = (name: string): string => {
    const expanded = expandVariables(name, context);
    if (expanded === '~' || expanded.startsWith('~/')) return path.join(context.home, expanded.slice(1));
    return path.resolve(path.dirname(context.file), expanded);
  };
  const params: Record<string, string> = {};
  for (const { name, value: place } of entry.params) {
    const { value } = place;
    if ('text' in value) params[name.value] = expandVariables(value.text, context);
    else if (files === 'read') params[name.value] = await readParameter(file(value.file));
  }
  return {
    connection: text(entry.connection),
    node: text(entry.node) ?? 'localhost',
    workType: expandVariables(entry.workType.value, context),
    params,
    borrowed: entry.params.flatMap(({ name, value: { value } }) => ('file' in value || readsEnvironment(value.text) ? [name.value] : [])),
    tlsClient: text(entry.tlsClient),
    ttl: text(entry.ttl),
    signWork: entry.signWork?.value,
    payload:
      entry.payload === undefined
        ? { kind: 'none' }
        : 'file' in entry.payload.value
          ? { kind: 'file', path: file(entry.payload.value.file) }
          : { kind: 'text', text: entry.payload.value.text, label: path.basename(context.file) },
  };
}
