/** When the parts of an answer leave: after the waits of a latency model, or when they come about. */
export interface Pace {
  /** Wait before the head, with which the first frame leaves. */
  readonly firstMs: number;
  /** The head leaves by itself, and the first frame waits like every other. @default false */
  readonly isHeadAlone?: boolean;
  /** Wait before the next frame of a stream. */
  nextMs(): number;
}
