/** Thrown by a part of a neighbour to answer with an error at once. */
export class NeighbourError extends Error {
  override readonly name = 'NeighbourError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Code of the error for unknown paths. */
export const unknownCode = 'NotFound';
