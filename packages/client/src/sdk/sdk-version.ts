import { createHash } from 'node:crypto';
import { APIPromise, OpenAI } from 'openai';
import { Stream } from 'openai/streaming';
import { VERSION } from 'openai/version';

// Every version of the range runs the same suite (`vitest.openai-*.config.ts`), all through the SDK's own code but for
// the seams of decision 0010. The short way and our own reading of streams go deeper into the SDK: they are for versions
// whose code is the code that ours has been compared with.

/** The first version of the `openai` SDK that works here, and the first that is not known to. */
export const supportedSdk: { readonly from: string; readonly below: string } = {
  from: '6.49.0',
  below: '8.0.0',
};

const comparedVersions: ReadonlySet<string> = new Set(['7.57.0']);

/** What `seamsOf` gives for the compared versions. The SDK is released every few days, mostly without a change here. */
const comparedSeams: ReadonlySet<string> = new Set(['4c061cc90641e5fd']);

/** Whether the installed SDK is one whose code has been compared with ours. */
export const isCompared: boolean = comparedVersions.has(VERSION) || comparedSeams.has(seamsOf());

/** @throws RangeError when the installed SDK is none that works here. */
export function checkSdk(version: string = VERSION): void {
  const { from, below } = supportedSdk;
  if (compare(version, from) >= 0 && compare(version, below) < 0) return;
  throw new RangeError(
    `Cannot create the client: the "openai" package that it found has version ${version}. Install one from ${from} to below ${below}.`,
  );
}

/** A hash of the code of the SDK that sends requests and reads answers. */
export function seamsOf(): string {
  const hash = createHash('sha256');
  for (const owner of [OpenAI.prototype, APIPromise.prototype, Stream, Stream.prototype]) {
    const members = Object.entries(Object.getOwnPropertyDescriptors(owner));
    for (const [name, { value }] of members.sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (typeof value === 'function' && name !== 'constructor') hash.update(`${name}:${String(value)}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function compare(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(/[.-]/).slice(0, 3).map(Number));
  for (const part of [0, 1, 2]) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
