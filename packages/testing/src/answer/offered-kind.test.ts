import { expect, test } from 'vitest';
import { withOfferedKinds } from './offered-kind.ts';

test('a call is of the kind of the tool that it calls, unless it says what it is', () => {
  const tools = [
    { name: 'run', kind: 'custom' },
    { name: 'get', kind: 'function' },
    { name: 'bare' },
  ] as const;
  const call = (name: string) => ({ id: name, name, arguments: '{}' });
  const toolCalls = [
    ...['run', 'get', 'bare', 'unknown'].map(call),
    { ...call('run'), kind: 'function' } as const,
  ];
  expect(withOfferedKinds({ content: 'x', toolCalls }, tools)).toEqual({
    content: 'x',
    toolCalls: [
      { ...call('run'), kind: 'custom' },
      { ...call('get'), kind: 'function' },
      { ...call('bare'), kind: 'function' },
      { ...call('unknown'), kind: 'function' },
      { ...call('run'), kind: 'function' },
    ],
  });
});

test('a draft without calls has none', () => {
  expect(withOfferedKinds({ content: 'x' }, [])).toEqual({ content: 'x', toolCalls: [] });
});
