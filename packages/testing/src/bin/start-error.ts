import { UsageError } from './usage-error.ts';

/** The error of a start in words that say what to do. Another error than one of listening comes back as it is. */
export function startError(
  error: unknown,
  wanted: { readonly host: string; readonly port: number },
): unknown {
  const { code, port = wanted.port } = error as NodeJS.ErrnoException & { readonly port?: number };
  switch (code) {
    case 'EADDRINUSE':
      return new Error(
        `Cannot listen on port ${port}: it is in use. Choose another with \`--port\`; 0 is any free one.`,
        { cause: error },
      );
    case 'EACCES':
      return new Error(
        `Cannot listen on port ${port}: not permitted. Choose one above 1023 with \`--port\`.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UsageError(
        `Invalid \`--host\`: ${JSON.stringify(wanted.host)} is no address of this machine.`,
        { cause: error },
      );
    default:
      return error;
  }
}
