// A web page can make its visitor's browser call this machine. It cannot read an answer without leave (CORS), unless its own
// name is made to point here (DNS rebinding). So what listens on loopback answers to names of this machine and to Azure's
// own, and lets pages of this machine only read its answers.

const loopback = /^(?:(?:[\w-]+\.)*localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;
/** How a container calls the machine that it runs on. No public name ends so. */
const machineOfContainer = /^[\w-]+\.(?:docker|containers)\.internal$/i;
/** Where DNS is Microsoft's: for callers that are led here by a hosts file. */
const azure =
  /^(?:[\w-]+\.)+(?:openai\.azure\.(?:com|us|cn)|cognitiveservices\.azure\.(?:com|us|cn)|services\.ai\.azure\.(?:com|us)|api\.cognitive\.microsoft\.(?:com|us)|search\.(?:windows\.net|azure\.us)|vault\.azure\.net)$|^(?:management\.azure\.com|graph\.microsoft\.com|login\.microsoftonline\.(?:com|us)|169\.254\.169\.254)$/i;

/** Whether a `Host` header names something that a listener answers to. */
export type HostCheck = (host: string | undefined) => boolean;

/**
 * The check of what listens on the address `bound`. `names` are further names that it is known by. Whoever listens on
 * every address is known by names that only its network knows, so there is no check.
 */
export function hostCheck(bound: string, names: readonly string[] = []): HostCheck {
  if (bound === '0.0.0.0' || bound === '::') return () => true;
  const own = new Set([bound, `[${bound}]`, ...names].map((name) => name.toLowerCase()));
  const known = new Map<string, boolean>();
  return (host) => {
    // HTTP/1.0, which no browser speaks.
    if (host === undefined) return true;
    const found = known.get(host);
    if (found !== undefined) return found;
    const name = host.replace(/:\d+$/, '').replace(/\.$/, '');
    const isKnown =
      loopback.test(name) || own.has(name.toLowerCase()) || azure.test(name) || machineOfContainer.test(name);
    // A hostile caller must not fill the memory with names.
    if (known.size < 1000) known.set(host, isKnown);
    return isKnown;
  };
}

/** What a caller is told whose `Host` is none of ours. */
export function wrongHost(host: string | undefined): string {
  return `The mock answers to names of this machine only, and ${JSON.stringify((host ?? '').slice(0, 200))} is none: a web page may have led a browser here. Call it at localhost, or let it listen on every address with \`host: '0.0.0.0'\`.`;
}

/** Whether pages of this origin may read answers: those of this machine. No origin, no page. */
export function isOwnOrigin(origin: string | undefined): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return /^https?:$/.test(protocol) && loopback.test(hostname);
}
