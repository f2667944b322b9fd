import { findChromium, launchChromium } from '@aoai/vitest/chromium';
import { expect, test, vi } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';

vi.setConfig({ testTimeout: 60_000 });

/** What a page does that talks over WebRTC (how-to/realtime-audio-webrtc), as far as the answer. */
const negotiate = `async ({ url, key }) => {
  const connection = new RTCPeerConnection();
  connection.addTransceiver('audio');
  connection.createDataChannel('realtime-channel');
  const offer = await connection.createOffer();
  await connection.setLocalDescription(offer);
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer ' + key, 'content-type': 'application/sdp' },
    body: offer.sdp,
  });
  await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  const state = connection.signalingState;
  connection.close();
  return [response.status, state];
}`;

test.skipIf(findChromium() === undefined)(
  'a browser takes the description of the mock as an answer',
  async () => {
    await using azure = await startMockAzure();
    const browser = await launchChromium();
    try {
      const model = 'gpt-realtime';
      const secret = await fetch(`${azure.endpoint}/openai/v1/realtime/client_secrets`, {
        method: 'POST',
        headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
        body: JSON.stringify({ session: { type: 'realtime', model } }),
      });
      const { value: key } = (await secret.json()) as { value: string };
      const page = await browser.newPage();
      await page.goto(`${azure.endpoint}/_mock`);
      const call = { url: `${azure.endpoint}/openai/v1/realtime/calls`, key };
      const found: unknown = await page.evaluate(`(${negotiate})(${JSON.stringify(call)})`);
      expect(found).toEqual([201, 'stable']);
    } finally {
      await browser.close();
    }
  },
);
