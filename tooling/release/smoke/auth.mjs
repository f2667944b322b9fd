// Keys and tokens of @aoai/auth, on any runtime.
import assert from 'node:assert/strict';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { apiKey, entraId, tokenProvider } from '@aoai/auth';

const scope = 'https://cognitiveservices.azure.com/.default';
assert.equal(JSON.stringify(await apiKey('secret-key').headers({ scope })), '{"api-key":"secret-key"}');

let asked = 0;
const credential = entraId({
  getToken: async () => {
    asked += 1;
    return { token: `token-${asked}`, expiresOnTimestamp: Date.now() + 3_600_000 };
  },
});
const token = tokenProvider(credential, { scope });
assert.deepEqual(await Promise.all([token(), token()]), ['token-1', 'token-1']);
