/** The short answer of the JSON measurements. */
export const text = 'Hi there! How can I help?';

/** The question that is answered with a long stream. */
export const question = 'Tell me a long story';

/** The pieces of a long stream. All have the same length, because the other mock cuts by length. */
export const chunks: readonly string[] = Array.from(
  { length: 256 },
  (_, index) => ` w${String(index).padStart(3, '0')}`,
);

/** The body of a request. */
export function bodyOf({ stream }: { readonly stream: boolean }): string {
  return JSON.stringify({
    model: 'gpt-4.1',
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: stream ? question : 'short' },
    ],
    ...(stream && { stream: true }),
  });
}
