/** Settings from whatever a client sends. */
import type { FilesMode } from '../rules/context.ts';

export interface Settings {
  /** Undefined: the newest known. */
  readonly version: string | undefined;
  readonly files: FilesMode;
  readonly yamlExtensionActive: boolean;
  readonly onlyConfigs: boolean;
  readonly trusted: boolean;
}

export const defaultSettings: Settings = {
  version: undefined,
  files: 'auto',
  yamlExtensionActive: false,
  onlyConfigs: false,
  trusted: true,
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is missing or makes no sense stays as it was. Takes settings with and without the section `receptor` around them. */
export function readSettings(sent: unknown, before: Settings): Settings {
  if (!isRecord(sent)) return before;
  const from = isRecord(sent['receptor']) ? sent['receptor'] : sent;
  const version = from['version'];
  const files = isRecord(from['validate']) ? from['validate']['files'] : from['validate.files'];
  const flag = (name: string, value: boolean): boolean => (typeof from[name] === 'boolean' ? from[name] : value);
  return {
    version: typeof version !== 'string' ? before.version : /^\d+(?:\.\d+)*/.test(version) ? version : undefined,
    files: files === 'off' || files === 'on' || files === 'auto' ? files : before.files,
    yamlExtensionActive: flag('yamlExtensionActive', before.yamlExtensionActive),
    onlyConfigs: flag('onlyConfigs', before.onlyConfigs),
    trusted: flag('trusted', before.trusted),
  };
}
