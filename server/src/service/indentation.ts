/** How this document is indented, so that what is inserted looks like its author's own lines. */
import type { ConfigDocument } from '../config/document.ts';
import type { ConfigItem, ConfigModel } from '../config/model.ts';
import { columnAt, lineAt } from './places.ts';
import type { Indentation } from './snippets.ts';

/** Items looked at: the first ones tell enough. */
const sample = 20;

export function indentationOf(document: ConfigDocument): Indentation {
  const { model } = document;
  for (const item of model.items.slice(0, sample)) {
    const found = model.format === 'v1' ? v1Indentation(document, item) : undefined;
    if (found !== undefined) return found;
  }
  if (model.format === 'v2') return v2Indentation(document, model);
  return { fields: 4, list: 2 };
}

/** From the dash to the fields below it; undefined for items in flow style or without fields. */
function v1Indentation(document: ConfigDocument, item: ConfigItem): Indentation | undefined {
  const { name, fields } = item.reading;
  const key = fields[0]?.key;
  if (name === undefined || key === undefined) return undefined;
  const nameAt = document.positionAt(item.base + name.span.start);
  const keyAt = document.positionAt(item.base + key.span.start);
  if (keyAt.line === nameAt.line || keyAt.character <= nameAt.character) return undefined;
  return { fields: keyAt.character - dashColumn(document, nameAt.line), list: 2 };
}

/** Column of the first dash on a line; 0 when there is none. */
export const dashColumn = (document: ConfigDocument, line: number): number =>
  Math.max(lineAt(document, line).replace('\uFEFF', '').indexOf('-'), 0);

function v2Indentation(document: ConfigDocument, model: ConfigModel): Indentation {
  let fields = 2;
  let list = 2;
  for (const section of model.sections.slice(0, sample)) {
    if (section.value.kind === 'mapping' && !section.value.flow && section.value.pairs[0] !== undefined) {
      fields = columnAt(document, section.value.pairs[0].key.start) || fields;
    } else if (section.value.kind === 'sequence' && section.value.dashes[0] !== undefined)
      list = columnAt(document, section.value.dashes[0]);
  }
  return { fields, list };
}
