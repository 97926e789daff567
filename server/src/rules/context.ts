/** Where disk checks apply: never, always (as the daemon on this machine), or an Error only when the file's folder exists here. */
export type FilesMode = 'off' | 'on' | 'auto';

/** What stands at a path. */
export interface PathStat {
  /** Of what a symbolic link leads to. */
  readonly kind: 'file' | 'directory' | 'other';
  /** True for a symbolic link. */
  readonly link?: boolean;
}

/** The disk as the rules see it. Synchronous: rules run per keystroke and ask for few paths; the giver caches. */
export interface FileSystem {
  /** `undefined` when there is nothing at that (absolute) path. */
  stat(path: string): PathStat | undefined;
  /** Undefined when it cannot be read. */
  readFile(path: string): Uint8Array | undefined;
}

/** What the rules need from outside. */
export interface CheckContext {
  readonly files: FilesMode;
  readonly fileSystem?: FileSystem | undefined;
  /** Folder that relative paths count from: the daemon's working directory. Without it relative paths are not looked up. */
  readonly baseDirectory?: string | undefined;
  /** Counts up whenever files may have changed: what was found on the disk is looked up anew then. */
  readonly diskVersion?: number | undefined;
  /** Milliseconds since the epoch, for certificate expiry. */
  now(): number;
}
