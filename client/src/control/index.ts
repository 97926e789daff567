/**
 * Node client of receptor's control protocol. Everything public of `dist/control.js`; see docs/control-client.md.
 */
export { formatAddress, parseAddress } from './address.ts';
export type { Address } from './address.ts';
export { ReceptorControl } from './control.ts';
export { CommandRefusedError, ControlError, ResultsError, isControlError } from './errors.ts';
export type { ControlErrorCode, ControlErrorFields, ResultsPosition } from './errors.ts';
export { tlsOptionsFromConfig } from './tls-config.ts';
export type * from './types.ts';
