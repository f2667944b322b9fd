import { Socket } from 'node:net';

// A test reaches this machine only.

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]|::ffff:127\.\d+\.\d+\.\d+|.+\.localhost)$/;

interface Destination {
  readonly host?: string;
  readonly path?: string;
}

const connect = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect')?.value as (
  this: Socket,
  ...args: unknown[]
) => Socket;

Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  const host = hostOf(args);
  if (host !== undefined && !loopback.test(host)) {
    const error = new Error(`A test tried to reach ${JSON.stringify(host)}: tests reach loopback only.`);
    process.nextTick(() => this.destroy(error));
    return this;
  }
  return connect.apply(this, args);
};

/** The host of a `socket.connect(…)` call; `undefined` for a Unix socket or a port alone. */
function hostOf(args: unknown[]): string | undefined {
  // node:net hands itself its own normalised argument list: one array in the first place.
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'object' && first !== null) return (first as Destination).host;
  return typeof first === 'number' && typeof second === 'string' ? second : undefined;
}
