// A web page can make its visitor's browser call this machine. It cannot read an answer without permission (CORS),
// unless its own name is made to point here (DNS rebinding). So listeners on loopback answer only to names of this
// machine and to names of Azure, and only pages of this machine may read the answers.

const loopback = /^(?:(?:[\w-]+\.)*localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;
/** The name that containers use for their host. No public name ends with it. */
const machineOfContainer = /^[\w-]+\.(?:docker|containers)\.internal$/i;
/** Domains of Microsoft, for callers with an entry in their hosts file. */
const azure =
  /^(?:[\w-]+\.)+(?:openai\.azure\.(?:com|us|cn)|cognitiveservices\.azure\.(?:com|us|cn)|services\.ai\.azure\.(?:com|us)|api\.cognitive\.microsoft\.(?:com|us)|search\.(?:windows\.net|azure\.us)|vault\.azure\.net)$|^(?:management\.azure\.com|graph\.microsoft\.com|login\.microsoftonline\.(?:com|us)|169\.254\.169\.254)$/i;

/** Whether a `Host` header names something that a listener answers to. */
export type HostCheck = (host: string | undefined) => boolean;

/**
 * The check for a listener on the address `bound`. `names` are further accepted names. A listener on every address
 * has names that are not known here, so there is no check.
 */
export function hostCheck(bound: string, names: readonly string[] = []): HostCheck {
  if (bound === '0.0.0.0' || bound === '::') return () => true;
  const own = new Set([bound, `[${bound}]`, ...names].map((name) => name.toLowerCase()));
  const known = new Map<string, boolean>();
  return (host) => {
    // HTTP/1.0, which no browser uses.
    if (host === undefined) return true;
    const found = known.get(host);
    if (found !== undefined) return found;
    const name = host.replace(/:\d+$/, '').replace(/\.$/, '');
    const isKnown =
      loopback.test(name) || own.has(name.toLowerCase()) || azure.test(name) || machineOfContainer.test(name);
    // Bounded: a hostile caller must not fill the memory with names.
    if (known.size < 1000) known.set(host, isKnown);
    return isKnown;
  };
}

/** The answer to a request whose `Host` is not accepted. */
export function wrongHost(host: string | undefined): string {
  return `The mock answers to names of this machine only, and ${JSON.stringify((host ?? '').slice(0, 200))} is none: a web page may have led a browser here. Call it at localhost, or let it listen on every address with \`host: '0.0.0.0'\`.`;
}

/** Whether pages of this origin may read answers: those of this machine. Requests without an origin do not come from a page. */
export function isOwnOrigin(origin: string | undefined): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return /^https?:$/.test(protocol) && loopback.test(hostname);
}
