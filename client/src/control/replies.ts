import { ControlError } from './errors.ts';
import { parseJson } from './slicedJson.ts';
import { inSlices } from './slices.ts';
import type { Hop, UnitStatus } from './types.ts';

type Reply = Record<string, unknown>;

/** Succeeded, Failed or Canceled: the unit will do nothing more. */
export const isFinal = ({ State }: Pick<UnitStatus, 'State'>): boolean => State >= 2;

const unexpected = (command: string, why: string): ControlError =>
  new ControlError('protocol', `The answer to "${command}" ${why}.`, {
    nextStep: 'Check that a receptor control service listens at this address, and its version.',
  });

/**
 * Reads the line that answers a command.
 * @param onBroken told when it is no JSON: what follows on that connection can't be trusted then
 * @throws ControlError `protocol`
 */
export function parseReply(command: string, line: string, onBroken: (error: ControlError) => void): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    const error = noJson(command, line);
    onBroken(error);
    throw error;
  }
}

/**
 * As `parseReply`, for answers that may be long: in slices, since the status of ten thousand nodes takes 0.1 s.
 * @throws ControlError `protocol`; the reason of `signal`
 */
export async function parseLongReply(
  command: string,
  line: string,
  signal: AbortSignal,
  onBroken: (error: ControlError) => void,
): Promise<unknown> {
  try {
    return await inSlices(parseJson(line), signal);
  } catch (thrown) {
    const error = thrown instanceof SyntaxError ? noJson(command, line) : (thrown as ControlError);
    onBroken(error);
    throw error;
  }
}

const noJson = (command: string, line: string): ControlError => unexpected(command, `is no JSON: ${JSON.stringify(line.slice(0, 200))}`);

const isReply = (value: unknown): value is Reply => typeof value === 'object' && value !== null && !Array.isArray(value);

function object(command: string, reply: unknown): Reply {
  if (isReply(reply)) return reply;
  throw unexpected(command, 'is no JSON object');
}

/** Checks that a reply has what its type promises and callers rely on. @throws ControlError `protocol` */
export const replyShape = {
  object,
  success: (command: string, reply: unknown): Reply => {
    const fields = object(command, reply);
    if (typeof fields['Success'] !== 'boolean') throw unexpected(command, 'does not say whether it succeeded');
    return fields;
  },
  unit: (reply: unknown): UnitStatus => {
    const fields = object('work status', reply);
    if (typeof fields['State'] !== 'number' || typeof fields['StdoutSize'] !== 'number')
      throw unexpected('work status', 'has no State or StdoutSize');
    return fields as unknown as UnitStatus;
  },
  units: (reply: unknown): Record<string, UnitStatus> => {
    const units = object('work list', reply);
    for (const [id, status] of Object.entries(units))
      if (!isReply(status)) throw unexpected('work list', `has a unit ${JSON.stringify(id)} that is none`);
    return units as unknown as Record<string, UnitStatus>;
  },
  /** The daemon numbers the hops with decimal strings, sorted as text. */
  hops: (reply: unknown): Hop[] => {
    const fields = object('traceroute', reply);
    return Object.keys(fields)
      .sort((a, b) => Number(a) - Number(b))
      .map((key) => {
        const hop = fields[key];
        if (!isReply(hop) || typeof hop['From'] !== 'string')
          throw unexpected('traceroute', `has a hop ${JSON.stringify(key)} that is none`);
        return hop as unknown as Hop;
      });
  },
};
