import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { answerOffer } from './session-description.ts';

const answer = (...lines: string[]) => answerOffer(lines.join('\r\n'), createRandom(1))?.split('\r\n');

const transport = [
  expect.stringMatching(/^a=ice-ufrag:\w{8}$/),
  expect.stringMatching(/^a=ice-pwd:\w{24}$/),
  expect.stringMatching(/^a=fingerprint:sha-256 [0-9A-F]{2}(?::[0-9A-F]{2}){31}$/),
  'a=setup:passive',
] as string[];

test('an offer is answered medium by medium: what is negotiated is repeated, and no address', () => {
  const negotiated = [
    'a=mid:0',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10',
    'a=rtcp-fb:111 transport-cc',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    'a=extmap:1 urn:x',
    'a=sendrecv',
  ];
  const data = ['a=mid:1', 'a=sctp-port:5000', 'a=max-message-size:262144'];
  expect(
    answer(
      'v=0',
      'o=- 1 2 IN IP4 192.0.2.1',
      's=-',
      't=0 0',
      'a=group:BUNDLE 0 1',
      'a=msid-semantic: WMS mine',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'c=IN IP4 192.0.2.1',
      'a=candidate:1 1 udp 1 192.0.2.1 9 typ host',
      'a=ice-ufrag:theirs',
      'a=setup:actpass',
      'a=midnight:0',
      'x=a=mid:0',
      ...negotiated,
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      ...data,
      '',
    ),
  ).toEqual([
    'v=0',
    expect.stringMatching(/^o=- \d{1,15} 2 IN IP4 127\.0\.0\.1$/),
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    'a=msid-semantic: WMS *',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    ...transport,
    ...negotiated,
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...transport,
    ...data,
    '',
  ]);
});

test('a description has one fingerprint and one password, for all of its media', () => {
  const lines = answer('v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'm=video 9 UDP/TLS/RTP/SAVPF 96') ?? [];
  for (const name of ['a=ice-ufrag:', 'a=ice-pwd:', 'a=fingerprint:'])
    expect(new Set(lines.filter((line) => line.startsWith(name))).size).toBe(1);
});

test.each([
  ['nothing', []],
  ['no medium', ['v=0', 's=-']],
  ['another version', ['v=1', 'm=audio 9 UDP/TLS/RTP/SAVPF 111']],
  ['a beginning of another kind', ['hello', 'v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111']],
])('what has %s is no offer', (_, lines) => {
  expect(answer(...lines)).toBeUndefined();
});

test('lines may end as on Unix', () => {
  expect(answerOffer('v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 111\na=mid:0\n', createRandom(1))).toContain(
    '\r\na=mid:0\r\n',
  );
});
