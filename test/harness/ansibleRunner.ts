import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDir } from './paths.ts';
import { unpackDebian } from './receptor.ts';

const packages = [
  'python3-ansible-runner',
  'ansible-core',
  'python3-jinja2',
  'python3-markupsafe',
  'python3-packaging',
  'python3-pexpect',
  'python3-ptyprocess',
  'python3-resolvelib',
  'python3-six',
  'python3-yaml',
];

export interface AnsibleRunner {
  /** Python program that runs it; give the arguments of ansible-runner after it. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

/**
 * ansible-runner and ansible-playbook of this machine's own Debian, unpacked into the cache; undefined where that fails.
 * In CI their absence is an error, never a skip.
 */
export function findAnsibleRunner(): AnsibleRunner | undefined {
  try {
    const suite = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    if (suite === undefined) throw new Error('/etc/os-release names no Debian suite');
    const dir = cacheDir(`ansible-${suite}`);
    if (!existsSync(dir)) unpackDebian(suite, packages, dir);
    return {
      command: '/usr/bin/python3', // Debian's own, which its packages are for
      args: ['-c', 'import sys; sys.argv[0] = "ansible-runner"; from ansible_runner.__main__ import main; sys.exit(main())'],
      env: {
        PYTHONPATH: path.join(dir, 'usr/lib/python3/dist-packages'),
        PYTHONDONTWRITEBYTECODE: '1',
        PATH: `${path.join(dir, 'usr/bin')}:${process.env['PATH'] ?? ''}`,
        ANSIBLE_NOCOLOR: '1',
      },
    };
  } catch (error) {
    if (process.env['CI'] !== 'true') return undefined;
    throw new Error(`No ansible-runner on this machine (${error instanceof Error ? error.message : String(error)}).`, { cause: error });
  }
}
