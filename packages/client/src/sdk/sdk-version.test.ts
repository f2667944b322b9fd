import { VERSION } from 'openai/version';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { checkSdk, supportedSdk } from './sdk-version.ts';

test('the manifest promises the versions that are accepted', () => {
  expect(manifest.peerDependencies.openai).toBe(
    `>=${supportedSdk.from} <${supportedSdk.below.replace(/\.0\.0$/, '')}`,
  );
  expect(manifest.devDependencies['openai-6']).toBe(`npm:openai@${supportedSdk.from}`);
});

describe('checkSdk', () => {
  test.each([VERSION, '6.49.0', '6.50.1', '7.0.0', '7.57.0', '7.100.0-beta.1'])('takes %s', (version) => {
    expect(() => {
      checkSdk(version);
    }).not.toThrow();
  });

  test.each(['4.104.0', '5.23.2', '6.0.1', '6.48.9', '8.0.0', '10.1.0'])('refuses %s', (version) => {
    expect(() => {
      checkSdk(version);
    }).toThrow(
      `Cannot create the client: the "openai" package that it found has version ${version}. Install one from 6.49.0 to below 8.0.0.`,
    );
  });
});
