// Configs of any size for measuring: sound, with the mix of items that real ones have.

/** A v1 config of `items` items, and the line of a `port: …` in its middle that edits change. */
export function configOf(items: number): { text: string; line: number } {
  const lines = ['---', '- node:', '    id: bench', '- control-service:', '    service: control', '    filename: /tmp/bench.sock'];
  let line = -1;
  for (let i = 2; i < items; i++) {
    const middle = line === -1 && i >= items / 2;
    switch (middle ? 0 : i % 4) {
      case 0:
        if (middle) line = lines.length + 1;
        // The port is what edits change: one digit more or less, and never one that is taken.
        lines.push('- tcp-listener:', `    port: ${middle ? 60_1 : 10_000 + i}`, '    cost: 1.5', '    allowedpeers: [alpha, beta]');
        break;
      case 1:
        lines.push('- tcp-peer:', `    address: host-${i}.example.org:27199`, '    redial: true');
        break;
      case 2:
        lines.push(
          '- work-command:',
          `    worktype: work-${i}`,
          '    command: /usr/bin/worker',
          '    params: "--unit 1"',
          '    allowruntimeparams: true',
        );
        break;
      default:
        lines.push('- tcp-client:', `    service: s${i.toString(36)}`, `    address: localhost:${8000 + (i % 1000)}`);
    }
  }
  return { text: `${lines.join('\n')}\n`, line };
}
