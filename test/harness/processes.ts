import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const setpriv = existsSync('/usr/bin/setpriv') ? '/usr/bin/setpriv' : undefined;

/** For `npm` and `code`, which are batch files on Windows: only its shell runs them, and takes arguments as they stand. */
export function batch(args: readonly string[], platform = process.platform): { args: string[]; shell: boolean } {
  const shell = platform === 'win32';
  return { args: args.map((arg) => (shell ? `"${arg}"` : arg)), shell };
}

/** Linux ends such a child when whoever started it dies, even by SIGKILL; elsewhere only our own exit hooks do. */
export const dyingWithParent: readonly string[] = setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL'];

/**
 * Takes from root what opens every file and socket, whoever's they are. Empty for other users, who have no such right;
 * undefined where root cannot give it up.
 */
export function withoutOverride(): readonly string[] | undefined {
  if (process.getuid?.() !== 0) return [];
  const rights = '-dac_override,-dac_read_search';
  const command = [setpriv ?? '', `--bounding-set=${rights}`, `--inh-caps=${rights}`];
  return spawnSync(command[0]!, [...command.slice(1), 'true']).status === 0 ? command : undefined;
}

interface Process {
  pid: number;
  parent: number;
  /** Arguments, each followed by a NUL. */
  command: string;
}

/** Every process of this machine that can be seen; empty where there is no `/proc`. */
function processes(): Process[] {
  let pids: string[];
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // "pid (name, which may hold anything) state parent …"
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return [{ pid: Number(pid), parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }];
    } catch {
      return []; // gone meanwhile
    }
  });
}

/**
 * Ends what a mesh in `dir` left running: receptor starts work in a runner of its own that outlives the daemon and has
 * a path below `dir` among its arguments; its children have nothing to tell them by, except their parent.
 */
export function endDescendants(dir: string): void {
  const all = processes();
  const doomed = new Set(
    all
      .filter(({ pid, command }) => pid !== process.pid && command.includes('--command-runner') && command.includes(`${dir}/`))
      .map(({ pid }) => pid),
  );
  for (let before = -1; before !== doomed.size;) {
    before = doomed.size;
    for (const { pid, parent } of all) if (doomed.has(parent)) doomed.add(pid);
  }
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone meanwhile
    }
  }
}
