import { test } from 'vitest';

test('is why vitest starts a process', () => undefined);
