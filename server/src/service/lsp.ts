/** LSP's numbers by name: the constants of the protocol library would bring all of it into the bundle. */
import type { Severity } from '../config/findings.ts';

export const severityNumber = { error: 1, warning: 2, information: 3, hint: 4 } as const satisfies Record<Severity, number>;

export const diagnosticTag = { unnecessary: 1, deprecated: 2 } as const;

export const completionKind = {
  property: 10,
  value: 12,
  enumMember: 20,
  module: 9,
  snippet: 15,
  reference: 18,
  file: 17,
  folder: 19,
} as const;

export const completionTag = { deprecated: 1 } as const;

export const snippetFormat = 2;

/** Following lines of an insertion are indented as the line it goes into. */
export const adjustIndentation = 2;

export const symbolKind = {
  module: 2,
  class: 5,
  property: 7,
  constant: 14,
  key: 20,
  event: 24,
  interface: 11,
  method: 6,
  namespace: 3,
  function: 12,
} as const;

export const highlightKind = { read: 2, write: 3 } as const;
