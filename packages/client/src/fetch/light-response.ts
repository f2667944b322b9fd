import { inspect } from 'node:util';
import type { Answer } from '../answer/answer.ts';
import { LightHeaders } from './light-headers.ts';
import { eventBodyOf, standardResponse } from './standard-response.ts';
import type { SseEvent } from '../answer/sse.ts';

/** The answer as a `Response` for the SDK. */
export function lightResponse(answer: Answer, url: string): Response {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- It has the prototype and all the members.
  return new LightResponse(answer, url);
}

/**
 * A `Response` for the SDK: the parts that the SDK reads for each call are here, everything else comes from a
 * standard `Response` that is made when somebody asks. A class, so that `instanceof Response` holds.
 */
export class LightResponse {
  readonly headers: LightHeaders;
  readonly url: string;
  readonly status: number;
  readonly [Symbol.toStringTag]: string = 'Response';
  readonly statusText = '';
  readonly redirected = false;
  readonly type = 'default';
  readonly #answer: Answer;
  #body: ReadableStream<Uint8Array> | null | undefined;
  #standard: Response | undefined;
  #used = false;

  constructor(answer: Answer, url: string) {
    this.#answer = answer;
    this.headers = new LightHeaders(answer.headers);
    this.status = answer.status;
    this.url = url;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get bodyUsed(): boolean {
    return this.#standard?.bodyUsed ?? (this.#used || this.#body?.locked === true);
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#standard !== undefined) return this.#standard.body;
    this.#body ??= eventBodyOf(this.#answer);
    return this.#body;
  }

  async text(): Promise<string> {
    return this.takeText() ?? this.standard().text();
  }

  /** The text of a body that is here as a whole; `undefined` when there is none to take: none yet, or no more. */
  takeText(): string | undefined {
    const { body } = this.#answer;
    if (!(body instanceof Uint8Array) || body.byteLength === 0 || this.#isTouched()) return undefined;
    this.#used = true;
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  /** The value of a JSON body that is here as a whole; `undefined` when there is none to take: none yet, or no more. */
  takeJson(): unknown {
    const { json } = this.#answer;
    if (json === undefined || this.#isTouched()) return undefined;
    this.#used = true;
    return json;
  }

  #isTouched(): boolean {
    return this.#used || this.#standard !== undefined || this.#body?.locked === true;
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.standard().arrayBuffer();
  }

  blob(): Promise<Blob> {
    return this.standard().blob();
  }

  bytes(): Promise<Uint8Array> {
    return this.standard().bytes();
  }

  formData(): Promise<FormData> {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- Part of `Response`; whoever calls it decides.
    return this.standard().formData();
  }

  clone(): Response {
    return this.standard().clone();
  }

  /** The decoded events of a stream, in place of its bytes. Can be taken once, before the body is touched. */
  takeEvents(): AsyncIterator<readonly SseEvent[]> | undefined {
    const { events } = this.#answer;
    if (events === undefined || this.#isTouched()) return undefined;
    this.#used = true;
    return events[Symbol.asyncIterator]();
  }

  /** This response as a standard one, which owns the body from then on. */
  standard(): Response {
    if (this.#standard === undefined) {
      const body = this.body;
      this.#standard = standardResponse(this.#answer, this.url, body);
      if (this.#used) void this.#standard.body?.cancel();
    }
    return this.#standard;
  }
}

// The constructor of `Response` is what costs; its prototype is wanted.
Object.setPrototypeOf(LightResponse.prototype, Response.prototype);
Object.defineProperty(LightResponse.prototype, inspect.custom, {
  value(this: LightResponse) {
    return { status: this.status, url: this.url, headers: this.headers, bodyUsed: this.bodyUsed };
  },
});
