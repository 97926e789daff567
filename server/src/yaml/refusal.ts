import type { Dialect, YamlProblem } from './nodes.ts';

/** A place in the text: its offset and its zero-based line. */
export interface Mark {
  readonly pos: number;
  readonly line: number;
}

/** Which part of Go's libraries refuses: each counts lines in its own way. */
export type Stage = 'reader' | 'scanner' | 'parser' | 'composer';

/**
 * Why a text is refused; thrown inside this room and caught by `parseYaml`.
 * `at` is where the library stands when it gives up, `context` where the thing began that it was reading.
 */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly stage: Stage;
  readonly problem: string;
  readonly at: Mark;
  readonly context: Mark | undefined;
  readonly start: number;
  readonly end: number;

  constructor(stage: Stage, problem: string, at: Mark, context?: Mark, start: number = at.pos, end: number = start + 1) {
    super(problem);
    this.stage = stage;
    this.problem = problem;
    this.at = at;
    this.context = context;
    this.start = start;
    this.end = end;
  }

  /**
   * The problem with the daemon's words. Line numbers have the libraries' quirks: none for the first line, none at all
   * for the reader and the composer, one too few for the parser; yaml.v3 prefers the line where the construct began.
   */
  toProblem(dialect: Dialect, length: number): YamlProblem {
    let line = 0;
    if (this.stage === 'scanner' || this.stage === 'parser') {
      const context = this.context?.line ?? 0;
      line = dialect === 'yaml.v3' && context !== 0 ? context : this.at.line;
      if (line !== 0 && this.stage === 'scanner') line++;
    }
    const start = Math.min(this.start, length);
    return {
      message: line === 0 ? this.problem : `line ${line}: ${this.problem}`,
      start,
      end: Math.max(start, Math.min(this.end, length)),
    };
  }
}
