// CPU time of getting a cached token, beside `getBearerTokenProvider` of @azure/identity.
import { record } from '@aoai/bench';
import { getBearerTokenProvider } from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import { entraId, tokenProvider } from '../src/index.ts';
import { cpuPerCall } from './cpu.ts';

const scope = 'https://cognitiveservices.azure.com/.default';
const source: TokenCredential = {
  getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }),
};
const request = { scope };
const credential = entraId(source);
const ours = tokenProvider(credential, { scope });
const theirs = getBearerTokenProvider(source, scope);
await Promise.all([credential.headers(request), ours(), theirs()]);
if (credential.headers(request) instanceof Promise)
  throw new Error('A cached `headers()` must not be a promise.');

// What comes back is kept, so that no call can be optimised away.
let last: unknown;
const candidates = [
  {
    name: 'entraId headers()',
    run: (times: number) => {
      for (let i = 0; i < times; i += 1) last = credential.headers(request);
    },
  },
  {
    name: 'tokenProvider()',
    run: async (times: number) => {
      for (let i = 0; i < times; i += 1) last = await ours();
    },
  },
  {
    name: 'getBearerTokenProvider()',
    run: async (times: number) => {
      for (let i = 0; i < times; i += 1) last = await theirs();
    },
  },
];

const perCall = await cpuPerCall(candidates, { times: 100_000, rounds: 5 });
record({
  what: 'token at hand',
  unit: 'ns of CPU per call',
  ours: 'entraId headers()',
  values: Object.fromEntries(perCall),
  atMost: { 'getBearerTokenProvider()': 0.2 },
});

let asked = 0;
const counted: TokenCredential = {
  getToken: async () => {
    asked += 1;
    return { token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 };
  },
};
await Promise.all(Array.from({ length: 10 }, () => tokenProvider(counted, { scope })()));
const oursAsked = asked;
await Promise.all(Array.from({ length: 10 }, () => getBearerTokenProvider(counted, scope)()));
console.log(
  `Token requests of ten clients over one credential: ${oursAsked}, with getBearerTokenProvider ${asked - oursAsked}`,
);

if (last === undefined) throw new Error('Nothing came back.');
if ((perCall.get('entraId headers()') ?? Number.NaN) >= 1000) {
  throw new Error('A cached `headers()` must cost less than 1 µs of CPU.');
}
