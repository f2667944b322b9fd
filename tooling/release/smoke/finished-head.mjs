// The mock hands Node.js a finished head (docs/decisions/0014-finished-heads.md): every Node.js that we support has to take it.
// Bun and Deno may keep theirs elsewhere; there the mock writes its heads in the ordinary way, which `testing.mjs` shows.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import process from 'node:process';

const isNode = process.versions.bun === undefined && process.versions.deno === undefined;
if (isNode) {
  const head = 'HTTP/1.1 200 OK\r\nx-own: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n';
  const server = createServer((_, outgoing) => {
    outgoing._header = head;
    assert.ok(outgoing.headersSent);
    outgoing.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect(server.address().port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let bytes = '';
  for await (const part of socket) bytes += part.toString('latin1');
  assert.equal(bytes, `${head}ok`);
  server.close();
}
