import path from 'node:path';
import type { Finding } from '../config/findings.ts';
import type { ConfigField, ConfigModel, ItemReading } from '../config/model.ts';
import { fieldOf, valueText } from '../config/model.ts';
import { namesFolder } from './addresses.ts';
import { otherKey, pemBlocks, readCertificate, readPem, readPrivateKey, requestHasNames } from './certificate.ts';
import type { CheckContext, FileSystem } from './context.ts';
import type { Scope } from './rule.ts';
import { advice, isTrue, refusedAtStart, spanOf, textOf, unwanted } from './rule.ts';

/** The node id as written; undefined when the host name decides, or a template. */
export function ownNodeId(model: ConfigModel): string | undefined {
  for (const { reading } of model.items) {
    if (reading.spec?.name !== 'node') continue;
    const value = fieldOf(reading, 'id')?.value;
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
  return undefined;
}

/** Certificates that end within this time are worth a word. */
const soon = 30 * 24 * 3600 * 1000;

/** What the disk says against an item. */
export function diskFindings(item: ItemReading, scope: Scope, context: CheckContext, nodeId: string | undefined): Finding[] {
  const { fileSystem } = context;
  if (fileSystem === undefined || context.files === 'off' || item.spec === undefined || item.shape === 'broken') return [];
  return new DiskCheck(item, scope, context, fileSystem).findings(nodeId);
}

/**
 * The absolute path that a field names; undefined when there is none that can be looked up. One of another kind of system
 * is of no file here: `/tmp` on Windows, where it would be a folder of some drive, or `C:\` elsewhere.
 */
export function pathIn({ value, templated }: ConfigField, { files, baseDirectory }: CheckContext): string | undefined {
  if (templated || typeof value !== 'string' || value === '') return undefined;
  if (files === 'auto' && (path.sep === '/' ? /^[a-z]:[\\/]/i : /^\//).test(value)) return undefined;
  if (path.isAbsolute(value)) return path.normalize(value);
  return baseDirectory === undefined ? undefined : path.resolve(baseDirectory, value);
}

class DiskCheck {
  private readonly item: ItemReading;
  private readonly scope: Scope;
  private readonly context: CheckContext;
  private readonly disk: FileSystem;

  constructor(item: ItemReading, scope: Scope, context: CheckContext, disk: FileSystem) {
    this.item = item;
    this.scope = scope;
    this.context = context;
    this.disk = disk;
  }

  findings(nodeId: string | undefined): Finding[] {
    switch (this.item.spec?.name) {
      case 'tls-server':
      case 'tls-client':
        return this.tls(nodeId);
      case 'work-signing':
        return this.signingKey('privatekey', /PRIVATE KEY$/);
      case 'work-verification':
        return this.signingKey('publickey', /PUBLIC KEY$/);
      case 'work-kubernetes':
        return this.kubernetes();
      case 'cert-signreq':
        return [...this.item.fields.flatMap((field) => this.place(field)), ...this.authority(), ...this.request()];
      case undefined:
      default:
        return this.item.fields.flatMap((field) => this.place(field));
    }
  }

  private where(field: ConfigField | undefined): string | undefined {
    return field === undefined ? undefined : pathIn(field, this.context);
  }

  private refused(field: ConfigField, code: string, what: string, daemon: string): Finding {
    return refusedAtStart(this.item, this.scope, spanOf(field, this.item), code, what, daemon);
  }

  /** A missing file; where not even its folder exists, the config is probably for another machine. */
  private missing(field: ConfigField, at: string, daemon: string): Finding {
    const folder = path.dirname(at);
    const elsewhere = this.context.files === 'auto' && this.disk.stat(folder)?.kind !== 'directory';
    const what = elsewhere ? 'Neither this file nor its folder exists on this machine.' : `There is no file \`${at}\`.`;
    const finding = this.refused(field, 'file-missing', what, daemon);
    return elsewhere ? { ...finding, severity: 'information' } : finding;
  }

  /** Content of a file, or the finding that there is none. */
  private read(field: ConfigField, at: string, prefix: string): Uint8Array | Finding {
    const stat = this.disk.stat(at);
    if (stat === undefined) return this.missing(field, at, `${prefix}open ${valueText(field)}: no such file or directory`);
    if (stat.kind === 'directory')
      return this.refused(field, 'file-unreadable', 'This is a folder, not a file.', `${prefix}read ${valueText(field)}: is a directory`);
    const bytes = this.disk.readFile(at);
    return (
      bytes ??
      (this.context.files === 'on'
        ? this.refused(field, 'file-unreadable', 'This file cannot be read here.', `${prefix}open ${valueText(field)}: permission denied`)
        : advice(
            spanOf(field, this.item),
            'file-unreadable',
            'This file cannot be read by the editor; the daemon may run as another user.',
          ))
    );
  }

  private tls(nodeId: string | undefined): Finding[] {
    const server = this.item.spec?.name === 'tls-server';
    const prefix = `error preparing tls ${server ? 'server' : 'client'} config: `;
    const findings: Finding[] = [];
    const certField = fieldOf(this.item, 'cert');
    const keyField = fieldOf(this.item, 'key');
    const certPath = this.where(certField);
    const keyPath = this.where(keyField);
    const cert = certPath === undefined ? undefined : this.read(certField!, certPath, prefix);
    const key = keyPath === undefined ? undefined : this.read(keyField!, keyPath, prefix);
    if (isFinding(cert)) findings.push(cert);
    if (isFinding(key)) findings.push(key);
    if (cert !== undefined && !isFinding(cert)) findings.push(...this.certificate(cert, isFinding(key) ? undefined : key, prefix, nodeId));
    const cas = fieldOf(this.item, server ? 'clientcas' : 'rootcas');
    const casPath = this.where(cas);
    if (casPath !== undefined) {
      const bytes = this.read(cas!, casPath, `${prefix}error reading ${server ? 'client' : 'root'} CAs file: `);
      if (isFinding(bytes)) findings.push(bytes);
      else if (!pemBlocks(bytes).some((b) => b.label === 'CERTIFICATE'))
        findings.push(
          unwanted(spanOf(cas!, this.item), 'no-authorities', 'No certificate stands in this file: every connection will be refused.'),
        );
    }
    return findings;
  }

  private certificate(bytes: Uint8Array, keyBytes: Uint8Array | undefined, prefix: string, nodeId: string | undefined): Finding[] {
    const certField = fieldOf(this.item, 'cert')!;
    const facts = readCertificate(bytes);
    if ('error' in facts)
      return [this.refused(certField, 'certificate-unreadable', 'This is no PEM file with a certificate.', prefix + facts.error)];
    const findings: Finding[] = [];
    const skips = fieldOf(this.item, 'skipreceptornamescheck');
    const named = !isTrue(this.item, 'skipreceptornamescheck') && skips?.templated !== true;
    // Its node ids the daemon takes from whatever comes first.
    if (named && pemBlocks(bytes)[0]!.label !== 'CERTIFICATE') {
      const what = 'The certificate must come first in this file, before its key.';
      return [this.refused(certField, 'certificate-unreadable', what, `${prefix}x509: malformed tbs certificate`)];
    }
    const keyField = fieldOf(this.item, 'key');
    if (keyBytes !== undefined && keyField !== undefined) {
      const key = readPrivateKey(keyBytes);
      if ('error' in key)
        findings.push(this.refused(keyField, 'key-unreadable', 'This is no PEM file with a private key.', prefix + key.error));
      else if (!facts.certificate.checkPrivateKey(key))
        findings.push(
          this.refused(
            keyField,
            'key-mismatch',
            'This key does not belong to the certificate.',
            `${prefix}tls: private key does not match public key`,
          ),
        );
    }
    if (nodeId !== undefined && named && !facts.nodeIds.includes(nodeId)) {
      const found = facts.nodeIds.join(' ');
      const what =
        facts.nodeIds.length === 0
          ? 'This certificate carries no node id (otherName 1.3.6.1.4.1.2312.19.1): make one with `cert-makereq` and `nodeid`.'
          : `This certificate is for ${facts.nodeIds.map((id) => `\`${id}\``).join(', ')}, not for this node, \`${nodeId}\`.`;
      const side = this.item.spec?.name === 'tls-server' ? 'server' : 'client';
      const daemon = `${prefix}nodeID=${nodeId} not found in certificate name(s); names found=[${found}]; cfg section=${textOf(this.item, 'name') ?? ''}; ${side} cert=${valueText(certField)}`;
      findings.push(this.refused(certField, 'certificate-names', what, daemon));
    }
    const now = this.context.now();
    const span = spanOf(certField, this.item);
    if (facts.notAfter < now)
      findings.push(
        unwanted(span, 'certificate-expired', `This certificate ended on ${day(facts.notAfter)}: nodes will refuse each other.`),
      );
    else if (facts.notBefore > now)
      findings.push(unwanted(span, 'certificate-not-yet', `This certificate counts from ${day(facts.notBefore)} on only.`));
    else if (facts.notAfter - now < soon)
      findings.push(advice(span, 'certificate-ends-soon', `This certificate ends on ${day(facts.notAfter)}.`));
    return findings;
  }

  /** The daemon only looks whether the file is there; what is wrong with it shows when work is signed or verified. */
  private signingKey(name: string, label: RegExp): Finding[] {
    const field = fieldOf(this.item, name);
    const at = this.where(field);
    if (field === undefined || at === undefined) return [];
    const stat = this.disk.stat(at);
    if (stat === undefined) return [this.missing(field, at, `${valueText(field)} does not exist`)];
    const bytes = stat.kind === 'file' ? this.disk.readFile(at) : undefined;
    if (bytes === undefined) return [];
    const { blocks, whole } = readPem(bytes);
    if (whole && blocks.length === 1 && label.test(blocks[0]!.label) && otherKey(bytes) === undefined) return [];
    return [
      unwanted(
        spanOf(field, this.item),
        'signing-key',
        `The file must hold one PEM block with an RSA ${name === 'publickey' ? 'public' : 'private'} key: as it is signatures will fail.`,
      ),
    ];
  }

  private kubernetes(): Finding[] {
    const findings: Finding[] = [];
    const config = fieldOf(this.item, 'kubeconfig');
    const at = this.where(config);
    const method = textOf(this.item, 'authmethod')?.toLowerCase();
    if (at !== undefined && method === 'kubeconfig' && this.disk.stat(at) === undefined) {
      findings.push(this.missing(config!, at, `error accessing kubeconfig file: stat ${valueText(config!)}: no such file or directory`));
    }
    const pod = fieldOf(this.item, 'pod');
    const podAt = this.where(pod);
    if (podAt !== undefined && this.disk.stat(podAt) === undefined) {
      const elsewhere = this.context.files === 'auto' && this.disk.stat(path.dirname(podAt)) === undefined;
      findings.push(
        advice(
          spanOf(pod!, this.item),
          'pod-missing',
          'There is no such file; it is read when work is submitted, and every unit will fail.',
          elsewhere ? 'information' : 'warning',
        ),
      );
    }
    return findings;
  }

  /** Files that certificate actions read, folders of what they write, folders of sockets. */
  private place(field: ConfigField): Finding[] {
    const at = this.where(field);
    if (at === undefined) return [];
    if (field.spec?.path === 'read') return this.pemFile(field, at);
    if (field.spec?.path !== 'socket' && field.spec?.path !== 'write') return [];
    const folder = path.dirname(at);
    const found = this.disk.stat(folder);
    if (found?.kind === 'directory') return field.spec.path === 'socket' ? this.inTheWay(field, at) : [];
    const why = found === undefined ? 'no such file or directory' : 'not a directory';
    const daemon =
      field.spec.path === 'socket'
        ? `error opening Unix socket: could not acquire lock on socket file: ${why}`
        : `open ${valueText(field)}: ${why}`;
    const what = found === undefined ? `There is no folder \`${folder}\`; the daemon does not create it.` : `\`${folder}\` is no folder.`;
    const finding = this.refused(field, 'folder-missing', what, daemon);
    return [found === undefined && this.context.files === 'auto' ? { ...finding, severity: 'information' } : finding];
  }

  /** The daemon makes room for a socket without asking: what is there goes, a folder with everything in it. */
  private inTheWay(field: ConfigField, at: string): Finding[] {
    const found = this.disk.stat(at);
    // A name that means a folder is refused anyway.
    if (namesFolder(valueText(field)) || found === undefined || found.kind === 'other' || found.link === true) return [];
    const what = found.kind === 'directory' ? 'is a folder: receptor deletes it, with everything in it,' : 'is a file: receptor deletes it';
    return [unwanted(spanOf(field, this.item), 'socket-in-place-of', `\`${at}\` ${what} to make room for the socket.`)];
  }

  /** Content of a file that is there and can be read. What is wrong with one file alone is said already. */
  private content(field: ConfigField | undefined): Uint8Array | undefined {
    const at = this.where(field);
    return at !== undefined && this.disk.stat(at)?.kind === 'file' ? this.disk.readFile(at) : undefined;
  }

  /** A request to sign must have names. */
  private request(): Finding[] {
    const field = fieldOf(this.item, 'req');
    const bytes = this.content(field);
    if (field === undefined || bytes === undefined || requestHasNames(bytes) || this.pemFile(field, this.where(field)!).length > 0)
      return [];
    const what = 'This request has no name to sign: make one with `nodeid`, `dnsname` or `ipaddress`.';
    return [this.refused(field, 'certificate-names', what, 'cannot sign: no names found in certificate')];
  }

  /** The key of an authority must be that of its certificate. */
  private authority(): Finding[] {
    const key = fieldOf(this.item, 'cakey');
    const [cert, own] = [this.content(fieldOf(this.item, 'cacert')), this.content(key)];
    if (key === undefined || cert === undefined || own === undefined) return [];
    const facts = readCertificate(cert);
    const read = readPrivateKey(own);
    if ('error' in facts || 'error' in read || facts.certificate.checkPrivateKey(read)) return [];
    const daemon = "x509: provided PrivateKey doesn't match parent's PublicKey";
    return [this.refused(key, 'key-mismatch', 'This key does not belong to the certificate of the authority.', daemon)];
  }

  /** A PEM file that must hold one item of a kind. */
  private pemFile(field: ConfigField, at: string): Finding[] {
    const bytes = this.read(field, at, '');
    if (isFinding(bytes)) return [bytes];
    const wanted = field.spec?.pem;
    if (wanted === undefined) return [];
    const { blocks, whole } = readPem(bytes);
    const key = wanted === 'PRIVATE KEY';
    const fitting = blocks.filter(({ label }) => (key ? label.endsWith(wanted) : label === wanted)).length;
    if (whole && fitting === 1 && (blocks.length === 1 || field.name === 'inkey')) {
      const other = otherKey(bytes);
      if (other !== undefined)
        return [this.refused(field, 'pem-content', 'receptor signs and requests certificates with plain RSA keys only.', other)];
      const facts = wanted === 'CERTIFICATE' ? readCertificate(bytes) : undefined;
      if (facts === undefined || !('error' in facts)) return [];
      return [this.refused(field, 'pem-content', 'The certificate in this file cannot be read.', facts.error)];
    }
    const daemon = whole ? `one ${wanted.toLowerCase()} expected in ${valueText(field)}` : 'failed to decode PEM block';
    return [
      this.refused(
        field,
        'pem-content',
        `This file must hold exactly one PEM block, \`${wanted}\`, and nothing behind it, not even a blank line.`,
        daemon,
      ),
    ];
  }
}

const isFinding = (value: Uint8Array | Finding | undefined): value is Finding => value !== undefined && 'severity' in value;

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
