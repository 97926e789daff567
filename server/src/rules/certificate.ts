/** Facts of certificate and key files, as far as the daemon looks at them when it starts. */
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { derChildren, oidText } from './der.ts';
import type { DerNode } from './der.ts';

/** Entries of this type in the subject's alternative names are node ids. */
const receptorNameOid = '1.3.6.1.4.1.2312.19.1';
const alternativeNamesOid = '2.5.29.17';
/** The attribute of a request that holds its extensions. */
const extensionRequestOid = '1.2.840.113549.1.9.14';

export interface PemBlock {
  readonly label: string;
  readonly text: string;
}

/** PEM blocks of a file, in order. */
export function pemBlocks(bytes: Uint8Array): PemBlock[] {
  const text = Buffer.from(bytes).toString('latin1');
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g)].map((m) => ({ label: m[1]!, text: m[0] }));
}

export interface CertificateFacts {
  readonly certificate: X509Certificate;
  /** Node ids that the certificate is good for. */
  readonly nodeIds: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** First certificate of a PEM file, or why Go finds none. */
export function readCertificate(bytes: Uint8Array): CertificateFacts | { readonly error: string } {
  const blocks = pemBlocks(bytes);
  const block = blocks.find((b) => b.label === 'CERTIFICATE');
  if (block === undefined) {
    return {
      error:
        blocks.length === 0
          ? 'tls: failed to find any PEM data in certificate input'
          : `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${blocks.map((b) => b.label).join(' ')}]`,
    };
  }
  try {
    const certificate = new X509Certificate(block.text);
    return {
      certificate,
      nodeIds: nodeIdsOf(certificate.raw),
      notBefore: Date.parse(certificate.validFrom),
      notAfter: Date.parse(certificate.validTo),
    };
  } catch {
    return { error: 'x509: malformed certificate' };
  }
}

/** First private key of a PEM file, or why Go finds none. */
export function readPrivateKey(bytes: Uint8Array): KeyObject | { readonly error: string } {
  const blocks = pemBlocks(bytes);
  const block = blocks.find((b) => b.label === 'PRIVATE KEY' || b.label.endsWith(' PRIVATE KEY'));
  if (block === undefined)
    return {
      error:
        blocks.length === 0
          ? 'tls: failed to find any PEM data in key input'
          : 'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input',
    };
  try {
    return createPrivateKey(block.text);
  } catch {
    return { error: 'tls: failed to parse private key' };
  }
}

/** Why the daemon finds no key in a PEM file that holds one: of its kind it reads RSA only. Undefined for what it reads. */
export function otherKey(bytes: Uint8Array): string | undefined {
  const block = pemBlocks(bytes).find(({ label }) => label.endsWith('KEY'));
  if (block === undefined) return undefined;
  if (block.label === 'EC PRIVATE KEY') return `unknown block type ${block.label}`;
  try {
    const key = block.label === 'PUBLIC KEY' ? createPublicKey(block.text) : createPrivateKey(block.text);
    return key.asymmetricKeyType === 'rsa' ? undefined : 'no keys in file';
  } catch {
    return undefined; // broken ones are told elsewhere
  }
}

/** Whether a request for a certificate has a name that receptor can sign: of a node, of a host, or an address. */
export function requestHasNames(bytes: Uint8Array): boolean {
  const base64 = pemBlocks(bytes)[0]?.text.replaceAll(/-----[^-]*-----/g, '') ?? '';
  const request = derChildren(Buffer.from(base64, 'base64'))[0];
  const attributes = childrenOf(childOf(request, 0)).find(({ tag }) => tag === 0xa0);
  return childrenOf(attributes).some((attribute) => {
    const [oid, values] = derChildren(attribute.content);
    if (oid === undefined || oidText(oid.content) !== extensionRequestOid) return false;
    return alternativeNames(childOf(values, 0)).some(({ tag, nodeId }) => tag === 0x82 || tag === 0x87 || nodeId !== undefined);
  });
}

/** Node ids of a certificate. */
function nodeIdsOf(der: Uint8Array): string[] {
  const body = childOf(derChildren(der)[0], 0);
  const wrapped = childrenOf(body).find(({ tag }) => tag === 0xa3);
  return alternativeNames(childOf(wrapped, 0)).flatMap(({ nodeId }) => nodeId ?? []);
}

const childrenOf = (node: DerNode | undefined): DerNode[] => (node === undefined ? [] : derChildren(node.content));
const childOf = (node: DerNode | undefined, index: number): DerNode | undefined => childrenOf(node)[index];

/** The subject's alternative names in a list of extensions: their kind, and the text of those that are receptor's. */
function alternativeNames(extensions: DerNode | undefined): { readonly tag: number; readonly nodeId: string | undefined }[] {
  return childrenOf(extensions).flatMap((extension) => {
    const [oid, ...rest] = derChildren(extension.content);
    if (oid === undefined || oidText(oid.content) !== alternativeNamesOid) return [];
    const list = rest.find(({ tag }) => tag === 0x04); // an OCTET STRING, after an optional "critical"
    return childrenOf(childOf(list, 0)).map((name) => ({ tag: name.tag, nodeId: nodeIdOf(name) }));
  });
}

/** The text of an `otherName` with receptor's OID. */
function nodeIdOf(name: DerNode): string | undefined {
  if (name.tag !== 0xa0) return undefined;
  const [type, value] = derChildren(name.content);
  const text = childOf(value, 0);
  if (type === undefined || text === undefined || oidText(type.content) !== receptorNameOid) return undefined;
  return Buffer.from(text.content).toString('utf8');
}
