/** What features need from outside. The protocol, the linter and tests each give their own. */
import type { CheckContext } from '../rules/context.ts';

export interface DirectoryEntry {
  readonly name: string;
  readonly folder: boolean;
}

/**
 * Names seen on the running mesh. They are suggested, never required: a name that is missing here may be that of a node
 * which is down, so no rule looks at this.
 */
export interface LiveMesh {
  readonly nodes: readonly string[];
  /** Services by node id. */
  readonly services: Readonly<Record<string, readonly string[]>>;
  readonly workTypes: readonly string[];
}

export interface ServiceContext {
  readonly check: CheckContext;
  /** Entries of a folder (absolute path); empty when it cannot be read or must not be. */
  listDirectory(path: string): readonly DirectoryEntry[];
  readonly live: LiveMesh | undefined;
  /** The editor knows snippet placeholders. */
  readonly snippets: boolean;
}
