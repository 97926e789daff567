/** An entry of a work file made into a submission: variables replaced, files of parameters read. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { PayloadError } from './payload.ts';
import type { Submission } from './submission.ts';
import { expandVariables, readsEnvironment, type VariableContext } from './variables.ts';
import type { Place, Source, WorkEntry } from './workFile.ts';

/** A parameter travels in one line of JSON: what is longer is a payload. */
const longestParameter = 4 * 1024 * 1024;

/**
 * @throws VariableError for a variable without a value, PayloadError for a parameter's file that can't be read, Error for
 * an entry that is not complete. No message has the value of a variable or parameter.
 */
export async function submissionOf(entry: WorkEntry, context: VariableContext): Promise<Submission> {
  if (entry.workType === undefined || !entry.complete) throw new Error('This submission has errors: see the Problems view.');
  const text = (place: Place<string> | undefined): string | undefined =>
    place === undefined ? undefined : expandVariables(place.value, context);
  const file = (name: string): string => {
    const expanded = expandVariables(name, context);
    if (expanded === '~' || expanded.startsWith('~/')) return path.join(context.home, expanded.slice(1));
    return path.resolve(path.dirname(context.file), expanded);
  };
  const params: Record<string, string> = {};
  for (const { name, value } of entry.params) params[name.value] = await parameter(value.value, file, context);
  return {
    connection: text(entry.connection),
    node: text(entry.node) ?? 'localhost',
    workType: expandVariables(entry.workType.value, context),
    params,
    borrowed: entry.params.flatMap(({ name, value: { value } }) => ('file' in value || readsEnvironment(value.text) ? [name.value] : [])),
    tlsClient: text(entry.tlsClient),
    ttl: entry.ttl?.value,
    signWork: entry.signWork?.value,
    payload:
      entry.payload === undefined
        ? { kind: 'none' }
        : 'file' in entry.payload.value
          ? { kind: 'file', path: file(entry.payload.value.file) }
          : { kind: 'text', text: entry.payload.value.text, label: path.basename(context.file) },
  };
}

async function parameter(source: Source, file: (name: string) => string, context: VariableContext): Promise<string> {
  if ('text' in source) return expandVariables(source.text, context);
  const at = file(source.file);
  try {
    const { size } = await stat(at);
    if (size > longestParameter) throw new PayloadError(`${at} has ${size} bytes: too long for a parameter.`);
    return await readFile(at, 'utf8');
  } catch (error) {
    if (error instanceof PayloadError) throw error;
    throw new PayloadError(`${at} can't be read: ${error instanceof Error ? error.message.replace(/,.*$/s, '') : String(error)}.`, {
      cause: error,
    });
  }
}

/** For code lenses, tasks and the history. */
export const titleOf = (entry: WorkEntry): string =>
  entry.name?.value ?? `${entry.workType?.value ?? 'work'} on ${entry.node?.value ?? 'localhost'}`;
