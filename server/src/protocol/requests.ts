/**
 * Requests beyond LSP that the extension client sends to the language server. The client imports only the types and
 * method names of this file; nothing outside the server ever parses a config.
 */
import type { Range } from 'vscode-languageserver';
import type { PredictedChange, Prediction } from '../reload/predict.ts';
import type { ConfigFacts } from '../service/summary.ts';

export type { BackendSummary } from '../service/summary.ts';

/** The facts of a document; its version is null when the file is not open. */
export interface ConfigSummary extends ConfigFacts {
  uri: string;
  version: number | null;
}

/** `receptor/summary`: facts of an open document, or of a file on disk when it is not open. Null when it is no receptor config. */
export const summaryRequest = 'receptor/summary';
export interface SummaryParams {
  uri: string;
  /** The client knows that it is a receptor config. Else the content decides of a file that is not open. */
  isConfig?: boolean;
}

/** An item with its place as LSP has it; without one for an item that was removed. */
export type PredictedItem = Omit<PredictedChange, 'span'> & { readonly range?: Range };

/** What the daemon would do after the file changed from `baseline` to its present text. */
export type ReloadPrediction = Omit<Prediction, 'items'> & { readonly items: readonly PredictedItem[] };

/** `receptor/predictReload` */
export const predictReloadRequest = 'receptor/predictReload';
export interface PredictReloadParams {
  uri: string;
  /** The text that the node was started with; for v1, or last reloaded. */
  baseline: string;
  /** v2: the text that the daemon's watch has seen last, when that is another. */
  watched?: string;
  /** Text to compare; the open document when absent. */
  text?: string;
}

/**
 * `receptor/liveMesh`, a notification from the client: names that the connected mesh knows. They are suggested while
 * typing and never required. Null when there is no connection any more.
 */
export const liveMeshNotification = 'receptor/liveMesh';
export interface LiveMeshParams {
  nodes: string[];
  /** Services by node id. */
  services: Record<string, string[]>;
  workTypes: string[];
}

/** `data` of a code lens that counts uses: where they are. An editor that shows places opens them; the title alone serves any other. */
export interface UseLensData {
  uses: Range[];
}

/**
 * What the server takes as initialization options, as the section `receptor` of `workspace/configuration`, and in
 * `workspace/didChangeConfiguration`. Everything is optional.
 */
export interface ServerSettings {
  /** Rules of this receptor version; `auto` is the newest known. */
  version?: string;
  validate?: { files?: 'off' | 'on' | 'auto' };
  /** An installed YAML extension owns YAML's syntax errors, formatting and folding. */
  yamlExtensionActive?: boolean;
  /** False: no disk checks, whatever else is set. */
  trusted?: boolean;
  /** The client opens receptor configs only; else the server looks at each document itself and is silent for others. */
  onlyConfigs?: boolean;
}
