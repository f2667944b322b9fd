import { join } from 'node:path';
import { checkRooms } from './rooms.js';

const lines = await checkRooms(join(import.meta.dirname, '..', '..'));
for (const line of lines) console.error(line);
if (lines.length > 0) {
  console.error(
    `\n${lines.length} imports between rooms are not allowed. Move what both sides need to a room below them, or to a file of its own (tooling/rooms/rooms.js, docs/architecture.md).`,
  );
  process.exitCode = 1;
}
