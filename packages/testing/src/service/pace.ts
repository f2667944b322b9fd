/** When the parts of an answer are sent: after the waits of a latency model, or as soon as they exist. */
export interface Pace {
  /** Wait before the head, which is sent together with the first frame. */
  readonly firstMs: number;
  /** The head is sent alone, and the first frame waits like every other. @default false */
  readonly isHeadAlone?: boolean;
  /** Wait before the next frame of a stream. */
  nextMs(): number;
}
