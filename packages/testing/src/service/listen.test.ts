import { expect, test } from 'vitest';
import { listen } from './listen.ts';

const answersOk = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}`).then(
    ({ ok }) => ok,
    () => false,
  );

test('refuses connections until every refusal is over', async () => {
  const listener = await listen((_request, response) => response.end());
  try {
    expect(await answersOk(listener.port)).toBe(true);
    listener.refuse();
    listener.refuse();
    expect(await answersOk(listener.port)).toBe(false);
    await listener.accept();
    expect(await answersOk(listener.port)).toBe(false);
    await listener.accept();
    expect(await answersOk(listener.port)).toBe(true);
  } finally {
    await listener.close();
  }
});
