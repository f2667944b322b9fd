import { VERSION } from 'openai/version';

/** The first version of the `openai` SDK that works here, and the first that is not known to. */
export const supportedSdk: { readonly from: string; readonly below: string } = {
  from: '6.49.0',
  below: '8.0.0',
};

/** @throws RangeError when the installed SDK is none that works here. */
export function checkSdk(version: string = VERSION): void {
  const { from, below } = supportedSdk;
  if (compare(version, from) >= 0 && compare(version, below) < 0) return;
  throw new RangeError(
    `Cannot create the client: the "openai" package that it found has version ${version}. Install one from ${from} to below ${below}.`,
  );
}

function compare(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(/[.-]/).slice(0, 3).map(Number));
  for (const part of [0, 1, 2]) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
