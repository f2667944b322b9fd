import type { Random } from '../random.ts';

/** Attributes that are copied from the offer: those that are negotiated, not addresses. */
const kept =
  /^a=(?:mid|rtpmap|fmtp|rtcp-fb|rtcp-mux|rtcp-rsize|extmap|sctp-port|max-message-size|sendrecv|group)\b/;

/**
 * An answer to an SDP offer (RFC 8866, RFC 9429) that a browser accepts: every medium of the offer, a fingerprint and
 * credentials of its own, and no address. `undefined` when it is not an offer.
 */
export function answerOffer(offer: string, random: Random): string | undefined {
  const lines = offer.split(/\r?\n/).filter((line) => line !== '');
  const first = lines.findIndex((line) => line.startsWith('m='));
  if (lines[0] !== 'v=0' || first < 0) return undefined;
  const group = lines.slice(0, first).filter((line) => line.startsWith('a=group:'));
  const session = [
    'v=0',
    `o=- ${Math.floor(random.next() * 1e15)} 2 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    ...group,
    'a=msid-semantic: WMS *',
  ];
  const transport = transportOf(random);
  const media = lines.slice(first).flatMap((line) => {
    if (line.startsWith('m=')) return [line, 'c=IN IP4 0.0.0.0', ...transport];
    return kept.test(line) ? [line] : [];
  });
  return [...session, ...media, ''].join('\r\n');
}

function transportOf(random: Random): string[] {
  const digits = Array.from({ length: 32 }, () => Math.floor(random.next() * 256));
  const fingerprint = digits.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
  return [
    `a=ice-ufrag:${random.id('', 8)}`,
    `a=ice-pwd:${random.id('', 24)}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    // The service listens, and the caller connects.
    'a=setup:passive',
  ];
}
