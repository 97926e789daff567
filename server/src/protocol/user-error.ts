/** An error that its message explains to the user; it is no defect of the server. */
export class UserError extends Error {
  override readonly name = 'UserError';

  /** By its name: two files of the build have this class. */
  static is(error: unknown): error is UserError {
    return error instanceof Error && error.name === 'UserError';
  }
}
