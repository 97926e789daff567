/** What the language status item says of a file. */
import { shapeOf } from '../../../server/src/config/shape.ts';
import { maskTemplates } from '../../../server/src/document/mask.ts';
import type { Reason, Verdict } from './documents.ts';

export interface StatusText {
  readonly text: string;
  readonly detail: string;
}

const because: Record<Reason, string> = {
  choice: 'you said so for this file',
  name: 'by its name',
  content: 'by its content',
};

/** The daemon goes by its flags, not by the file: given to the other reader, v1 is refused and v2 is silently empty. */
const flags = { v1: '--config', v2: '--config-v2 --config' } as const;

/**
 * @param verdict undefined for a file that nobody judged, since it is no YAML
 * @param head the beginning of the text; its first telling line decides the format, as it does in the language server
 */
export function statusText(verdict: Verdict | undefined, head: string): StatusText {
  const why = verdict === undefined ? '' : because[verdict.reason];
  if (verdict?.ours !== true) return { text: 'Not a receptor config', detail: why };
  const format = shapeOf(maskTemplates(head).text);
  return { text: `$(check) Receptor config ${format}`, detail: `started with ${flags[format]} (${why})` };
}
