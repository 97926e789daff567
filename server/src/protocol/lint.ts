/** `receptor-lint`: says of config files what the editor says, in a shell or a CI job. */
import { parseArgs } from 'node:util';
import { ConfigDocument } from '../config/document.ts';
import type { Finding } from '../config/findings.ts';
import { decodeText, refusalOf, wrongBytes } from './decode.ts';
import { Disk } from './disk.ts';
import { checkConfig } from '../rules/check.ts';
import type { FilesMode } from '../rules/context.ts';
import { predictReload } from '../reload/predict.ts';
import { format, formats, type FileReport, type Format } from '../service/report.ts';
import { controlWords } from '../yaml/source.ts';

const usage = `usage: receptor-lint [OPTION...] FILE...
       receptor-lint [OPTION...] --stdin < FILE
       receptor-lint [--receptor-version V] --reload-from OLD NEW

Checks configs of receptor as its daemon would read them; starts nothing.

  --format FORMAT           text (default), json, sarif, or github (workflow annotations)
  --receptor-version V      rules of this version, for example 1.5.5; the newest known by default
  --files off|on|auto       look for certificates, keys and folders on this disk:
                            on: what is missing is an error; auto (default): only where its folder exists
  --stdin                   read one config from standard input
  --stdin-name NAME         what to call it; v2 trusts the ending of a file's name
  --reload-from OLD         say as JSON what a running node, started with OLD, would do with NEW when it reloads
  --help, --version

Exit status: 0 no error (the reload would be taken), 1 errors (it would not), 2 bad usage or a file that cannot be read.
`;

class UsageError extends Error {}

interface Options {
  readonly files: readonly string[];
  readonly format: Format;
  readonly receptorVersion: string | undefined;
  readonly disk: FilesMode;
  readonly stdin: boolean;
  /** Undefined: no ending that v2 could look at. */
  readonly stdinName: string | undefined;
  readonly reloadFrom: string | undefined;
}

const options = {
  format: { type: 'string', default: 'text' },
  'receptor-version': { type: 'string' },
  files: { type: 'string', default: 'auto' },
  stdin: { type: 'boolean', default: false },
  'stdin-name': { type: 'string' },
  'reload-from': { type: 'string' },
} as const;

const oneOf = <T extends string>(name: string, allowed: readonly T[], value: string): T => {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new UsageError(`${name} is one of ${allowed.join(', ')}, not ${value}`);
  return found;
};

function parse(args: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  const receptorVersion = values['receptor-version'];
  if (receptorVersion !== undefined && !/^\d+\.\d+/.test(receptorVersion)) {
    throw new UsageError(`--receptor-version wants a version such as 1.6.9, not ${receptorVersion}`);
  }
  const files = positionals.filter((name) => name !== '-');
  const stdin = values.stdin || files.length < positionals.length;
  const reloadFrom = values['reload-from'];
  if (!stdin && files.length === 0) throw new UsageError('name a file, or use --stdin');
  if (reloadFrom !== undefined && (stdin || files.length !== 1))
    throw new UsageError('--reload-from OLD wants one file to compare with OLD');
  return {
    files,
    format: oneOf('--format', formats, values.format),
    receptorVersion,
    disk: oneOf('--files', ['off', 'on', 'auto'], values.files),
    stdin,
    stdinName: values['stdin-name'],
    reloadFrom,
  };
}

function parsed(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.split('. ')[0] : String(error));
  }
}

/** What the program needs of the process it runs in. */
export interface LintIo {
  readonly version: string;
  readonly cwd: string;
  out(text: string): void;
  err(text: string): void;
  /** Bytes of a file; of standard input when undefined. Throws Node's errors. */
  read(file: string | undefined): Buffer;
}

/** Runs the program; returns its exit status. */
export function lint(args: readonly string[], io: LintIo): number {
  try {
    return run(args, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.err(`receptor-lint: ${error.message}\n\n${usage}`);
    return 2;
  }
}

function run(args: readonly string[], io: LintIo): number {
  if (args.includes('--help')) {
    io.out(usage);
    return 0;
  }
  if (args.includes('--version')) {
    io.out(`${io.version}\n`);
    return 0;
  }
  const chosen = parse(args);
  if (chosen.reloadFrom !== undefined) return predict(chosen.reloadFrom, chosen.files[0]!, chosen, io);
  const sources: (string | undefined)[] = [...chosen.files, ...(chosen.stdin ? [undefined] : [])];
  const reports: FileReport[] = [];
  for (const file of sources) {
    const path = file ?? chosen.stdinName;
    const name = path ?? 'stdin';
    const bytes = read(file, name, io);
    if (bytes !== undefined) reports.push({ name, ...check(path, bytes, chosen, io.cwd) });
  }
  io.out(format(reports, chosen.format, io.version));
  if (reports.length < sources.length) return 2;
  return reports.some(({ findings }) => findings.some(({ severity }) => severity === 'error')) ? 1 : 0;
}

/** The bytes, or undefined when they cannot be read: then that was said. */
function read(file: string | undefined, name: string, io: LintIo): Buffer | undefined {
  try {
    return io.read(file);
  } catch (error) {
    io.err(`receptor-lint: ${name}: ${reason(error)}\n`);
    return undefined;
  }
}

/** What the daemon would answer to a reload, and what it would do with each item; lines count from 1. */
function predict(old: string, file: string, { receptorVersion }: Options, io: LintIo): number {
  const [baseline, bytes] = [read(old, old, io), read(file, file, io)];
  if (baseline === undefined || bytes === undefined) return 2;
  const reading = { path: file, receptorVersion };
  const document = new ConfigDocument(decodeText(bytes), reading);
  const { accepted, code, message, watch, items } = predictReload(decodeText(baseline), document, reading);
  const shown = items.map(({ span, ...item }) =>
    Object.assign(item, span === undefined ? {} : { line: document.positionAt(span.start).line + 1 }),
  );
  io.out(`${JSON.stringify({ accepted, code, message, watch, items: shown }, undefined, 2)}\n`);
  // v2 is never asked to reload: what counts is that its watch applies all that changed.
  const applied = watch === undefined ? accepted : items.every(({ verdict }) => verdict === 'unchanged' || verdict === 'reloads');
  return applied && watch !== 'ignored' && watch !== 'crash' ? 0 : 1;
}

function check(path: string | undefined, bytes: Buffer, { receptorVersion, disk }: Options, cwd: string): Omit<FileReport, 'name'> {
  const document = new ConfigDocument(decodeText(bytes), { path, receptorVersion });
  const findings: Finding[] = checkConfig(document, { files: disk, fileSystem: new Disk(), baseDirectory: cwd, now: Date.now });
  const refusal = refusalOf(bytes);
  return { document, findings: refusal === undefined ? findings : findings.map((finding) => ofBytes(finding, document, refusal)) };
}

/** The finding; where it is of wrong bytes, in the daemon's words for these. */
function ofBytes(finding: Finding, { text }: ConfigDocument, refusal: string): Finding {
  if (finding.code !== 'yaml' || text[finding.span.start] !== wrongBytes) return finding;
  const message = `Save the file as UTF-8: these bytes are no character. ${finding.message.replace(controlWords, refusal)}`;
  return { ...finding, message };
}

const reason = (error: unknown): string => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'it may not be read';
  if (code === 'EISDIR') return 'it is a folder; name the configs in it';
  return error instanceof Error ? error.message : String(error);
};
