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
  readonly der: Buffer;
}

/** PEM blocks of a file, in order; Go passes over text before a block, and over blocks that are no base64. */
export const pemBlocks = (bytes: Uint8Array): PemBlock[] => readPem(bytes).blocks;

/** The same, and whether nothing stands behind the last block: where receptor reads PEM itself, not even a blank line may. */
export function readPem(bytes: Uint8Array): { readonly blocks: PemBlock[]; readonly whole: boolean } {
  const text = Buffer.from(bytes).toString('latin1');
  const blocks: PemBlock[] = [];
  let end = 0;
  for (const match of text.matchAll(
    /(?<=^|\n)-----BEGIN ([^\n]*)-----[ \t]*\r?\n((?:(?!-----BEGIN |\n-----END )[^])*)\n-----END \1-----[ \t]*\r?(?:\n|$)/g,
  )) {
    // Headers are lines with a colon before the first without one.
    const base64 = match[2]!.replace(/^(?:[^\n:]*:[^\n]*\n)+/, '').replaceAll(/\s/g, '');
    if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*=?=?$/.test(base64)) continue;
    blocks.push({ label: match[1]!, der: Buffer.from(base64, 'base64') });
    end = match.index + match[0].length;
  }
  return { blocks, whole: end === text.length };
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
    const certificate = new X509Certificate(block.der);
    if (hasForeignCurve(certificate)) return { error: 'x509: unsupported elliptic curve' };
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

/** Curves that Go has no name for, such as secp256k1, make the whole certificate unreadable to it. */
function hasForeignCurve(certificate: X509Certificate): boolean {
  try {
    return isForeign(certificate.publicKey);
  } catch {
    return false; // a kind of key that this machine does not know either
  }
}

const curves = new Set<string | undefined>(['secp224r1', 'prime256v1', 'secp384r1', 'secp521r1', undefined]);
const isForeign = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
  asymmetricKeyType === 'ec' && !curves.has(asymmetricKeyDetails?.namedCurve);

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
  // Go tries them all, whatever the label says.
  for (const type of ['pkcs1', 'pkcs8', 'sec1'] as const) {
    const key = privateKey(block.der, type);
    if (key !== undefined && ['rsa', 'ec', 'ed25519'].includes(key.asymmetricKeyType ?? '') && !isForeign(key)) return key;
  }
  return { error: 'tls: failed to parse private key' };
}

function privateKey(key: Buffer, type: 'pkcs1' | 'pkcs8' | 'sec1'): KeyObject | undefined {
  try {
    return createPrivateKey({ key, format: 'der', type });
  } catch {
    return undefined;
  }
}

/** Why the daemon finds no key in a PEM file that should hold one: it reads RSA only. Undefined for what it reads. */
export function otherKey(bytes: Uint8Array): string | undefined {
  const block = pemBlocks(bytes).find(({ label }) => label.endsWith('KEY'));
  if (block === undefined) return undefined;
  const { label, der } = block;
  if (!['RSA PRIVATE KEY', 'PRIVATE KEY', 'PUBLIC KEY'].includes(label)) return `unknown block type ${label}`;
  try {
    if (label === 'PUBLIC KEY')
      return createPublicKey({ key: der, format: 'der', type: 'spki' }).asymmetricKeyType === 'rsa' ? undefined : 'no keys in file';
    // OpenSSL takes either form for the other, Go does not: in PKCS #8 the algorithm, a list, follows the version.
    const pkcs8 = childOf(derChildren(der)[0], 1)?.tag === 0x30;
    const key = pkcs8 === (label === 'PRIVATE KEY') ? privateKey(der, pkcs8 ? 'pkcs8' : 'pkcs1') : undefined;
    if (key === undefined) return 'x509: failed to parse private key';
    return key.asymmetricKeyType === 'rsa' ? undefined : 'no keys in file';
  } catch {
    return 'x509: failed to parse public key';
  }
}

/** Whether a request for a certificate has a name that receptor can sign: of a node, of a host, or an address. */
export function requestHasNames(bytes: Uint8Array): boolean {
  const request = derChildren(pemBlocks(bytes)[0]?.der ?? Buffer.alloc(0))[0];
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
