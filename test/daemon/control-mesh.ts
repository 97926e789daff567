// What the daemon tests of the control client share.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { ReceptorControl } from '../../client/src/control/index.ts';
import type { ConnectOptions, UnitStatus } from '../../client/src/control/index.ts';
import type { MeshNode } from '../harness/mesh.ts';

export const soak = process.env['SOAK'] === '1';

/** Work types of every node: `mark` leaves a file when it runs, `slow` writes five lines over five seconds. */
export const workTypes = (marks: string): string[] => [
  '- work-command: {worktype: cat, command: cat}',
  '- work-command: {worktype: echo, command: echo, allowruntimeparams: true}',
  `- work-command: {worktype: mark, command: bash, params: "-c 'cat > ${marks}/ran.$$'"}`,
  `- work-command: {worktype: slow, command: bash, params: "-c 'trap \\"exit 1\\" INT; for i in 1 2 3 4 5; do echo tick $i; sleep 1; done'"}`,
  `- work-command: {worktype: fail, command: bash, params: "-c 'echo some output; exit 3'"}`,
];

/** Nodes a - b - c in a row, each with a socket; a listens on TCP too. */
export const row = (marks: string): Record<string, string> => ({
  'a.yml': [
    '- node: {id: a}',
    '- log-level: {level: debug}',
    '- tcp-listener: {port: 2222}',
    '- control-service: {service: control, filename: /tmp/a.sock, tcplisten: 2300}',
    ...workTypes(marks),
  ].join('\n'),
  'b.yml': [
    '- node: {id: b}',
    '- log-level: {level: debug}',
    '- tcp-listener: {port: 2223}',
    "- tcp-peer: {address: 'localhost:2222'}",
    '- control-service: {service: control}',
    ...workTypes(marks),
  ].join('\n'),
  'c.yml': [
    '- node: {id: c}',
    '- log-level: {level: debug}',
    "- tcp-peer: {address: 'localhost:2223'}",
    '- control-service: {service: control}',
    ...workTypes(marks),
  ].join('\n'),
});

/** Port of the control service `service` of a node, in the config that it runs with. */
export function tcpPortOf(node: MeshNode, service = 'control'): number {
  const config = readFileSync(node.configPath, 'utf8');
  const port = new RegExp(`service: ${service}\\b[^]*?tcplisten: "?127\\.0\\.0\\.1:(\\d+)`).exec(config)?.[1];
  if (port === undefined) throw new Error(`no tcplisten of ${service} in ${node.configPath}`);
  return Number(port);
}

export async function withControl<T>(address: string, run: (control: ReceptorControl) => Promise<T>, options?: ConnectOptions): Promise<T> {
  const control = await ReceptorControl.connect(address, options);
  try {
    return await run(control);
  } finally {
    await control.close();
  }
}

export async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Asks for a unit's status until it is as wanted; the test's own time is the limit. */
export async function until(control: ReceptorControl, unitId: string, wanted: (status: UnitStatus) => boolean): Promise<UnitStatus> {
  for (;;) {
    const status = await control.workStatus(unitId);
    if (wanted(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
