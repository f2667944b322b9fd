import type { WireResponse } from './wire-response.ts';

/** Thrown by any part of an operation to answer with an error at once. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly response: WireResponse;

  constructor(response: WireResponse) {
    super('refused');
    this.response = response;
  }
}
