import type { Config, Resource } from '@aoai/config';
import {
  createResourceManager,
  type ArmOptions,
  type PlayedResource,
  type ResourceManager,
} from './arm/resource-manager.ts';
import { realClock, type Clock } from './clock.ts';
import type { FilterPolicies } from './filters/filter-policy.ts';
import type { IdentityFlow } from './identity/environment.ts';
import { createGraphService } from './graph/graph-service.ts';
import { createIdentity, type Identity, type IdentityOptions } from './identity/identity.ts';
import type { CredentialOptions, MockCredential } from './identity/mock-credential.ts';
import { isOwnOrigin } from './caller-names.ts';
import { closeOnFailure } from './close-on-failure.ts';
import { defaultConfig } from './default-config.ts';
import { playResource } from './play-resource.ts';
import { checkTokenWith } from './service/check-token.ts';
import type { Latency } from './latency.ts';
import type { JournalOptions } from './journal/journal.ts';
import type { Recording } from './recording/recording.ts';
import type { RecordedRequest } from './journal/recorded-request.ts';
import { certificateAuthority } from './neighbour/loopback-certificate.ts';
import { createGate } from './limits/gate.ts';
import { createPage } from './page/page.ts';
import { createWatch } from './page/watch.ts';
import { createRandom } from './random.ts';
import { randomKey } from './random-key.ts';
import { createClosedPorts } from './script/closed-ports.ts';
import type { Fault } from './script/fault.ts';
import type { Reply } from './script/reply.ts';
import type { FailOptions, ReplyOptions } from './script/script.ts';
import type { ObserveListener } from './script/observed.ts';
import { createStage } from './script/stage.ts';
import type { Finding } from './verdict/finding.ts';
import { listen, type Listener } from './service/listen.ts';
import type { Outbound } from './service/mock-resource.ts';
import { paceBy } from './service/pace-by-latency.ts';
import { operations } from './service/operations.ts';
import type { HeaderEra } from './limits/rate-limit-headers.ts';
import { createSearchService, type SearchOptions, type SearchService } from './search/search-service.ts';
import { router } from './service/router.ts';
import { serve } from './service/serve.ts';
import { upgradeWith } from './service/upgrade.ts';
import type { Service } from './service/service.ts';
import { resourceChooser } from './service/choose-resource.ts';
import type { Neighbour } from './neighbour/neighbour.ts';
import { createKeyVault, type KeyVaultOptions } from './vault/key-vault.ts';

/** Options of a mock Azure. */
export interface MockAzureOptions<Name extends string = string> {
  /** Its resources and deployments. @default one resource with a deployment of each known model, named after it */
  readonly config?: Config<Name>;
  /** The API key that every resource accepts. @default a new one for each mock */
  readonly apiKey?: string;
  /** The seed of everything that looks random. If given, the dates in answers depend on it too. @default 1, with real dates */
  readonly seed?: number | string;
  /** Whether keys are accepted; if not, a key gets 403. @default what the config's policy says of `apiKeys` */
  readonly takesKeys?: boolean;
  /** Deployments that take over from provisioned ones (`spilloverDeploymentName` in ARM). @default none */
  readonly spillover?: Readonly<Partial<Record<Name, Name>>>;
  /** Whose response headers are sent. @default '2026' */
  readonly headers?: HeaderEra;
  /** Makes every other name a deployment too: of the model that the name contains, or else of this one. */
  readonly anyDeployment?: string;
  /** Largest body that is read. @default 64 MiB */
  readonly maxBodyBytes?: number;
  /** Port of the first resource; the others get the ones after it. 0 is any free port for each. @default 0 */
  readonly port?: number;
  /** Address to bind. @default '127.0.0.1', this machine only */
  readonly host?: string;
  /** Whether pages of every origin may read the answers, not only pages of this machine. @default false */
  readonly cors?: boolean;
  /** Serves HTTPS, with a certificate that clients trust by `identity.ca`. @default false */
  readonly https?: boolean;
  /** How long answers take. @default 'instant' */
  readonly latency?: Latency;
  /** How much faster than yours its time runs: with 60, the tokens of a minute are available again after a second. @default 1 */
  readonly timeScale?: number;
  /** Any other clock, such as `manualClock()`. `timeScale` does not apply to it. */
  readonly clock?: Clock;
  /** Content-filter policies, and which deployment has which. @default the service's own policy for all */
  readonly contentFilters?: FilterPolicies;
  /** Apps, users, groups and role assignments of its Entra ID tenant. @default an app and every user may call everything */
  readonly identity?: IdentityOptions;
  /** Where its resources live in Azure Resource Manager, and how much quota there is. */
  readonly arm?: ArmOptions;
  /** Keys of its Azure AI Search. */
  readonly search?: SearchOptions;
  /** Keys and secrets of its Key Vault. @default an empty vault */
  readonly vault?: KeyVaultOptions;
  /** Answers only what is scripted: any other call of a deployment fails, and `assertConsumed` names it. @default false */
  readonly strict?: boolean;
  /** Whether browsers of this machine get a live page at `/_mock`. @default true */
  readonly page?: boolean;
  /** How much is remembered of the requests. @default the last 1000, with up to 16 MiB of bodies */
  readonly journal?: JournalOptions;
}

/** A running mock Azure. */
export interface MockAzure<Name extends string = string> {
  /** The given config, with endpoints on this machine. */
  readonly config: Config<Name>;
  /** Endpoint of the first resource. */
  readonly endpoint: string;
  readonly apiKey: string;
  /** The Entra ID tenant: its addresses, its faults, its requests. */
  readonly identity: Identity;
  /** Azure Resource Manager: accounts, deployments, models and quota of the resources. */
  readonly arm: ResourceManager;
  /** Azure AI Search, without indexes at first. */
  readonly search: SearchService;
  /** Microsoft Graph: who a person is, and which groups it is in. */
  readonly graph: Neighbour;
  /** Azure Key Vault: wraps and unwraps keys, keeps secrets. */
  readonly vault: Neighbour;
  /** A credential for any Azure client, which gives signed tokens of the tenant. */
  credential(options?: CredentialOptions): MockCredential;
  /** Environment variables that make `DefaultAzureCredential` sign in here. @default flow 'managed-identity' */
  identityEnv(options?: { readonly flow?: IdentityFlow; readonly app?: string }): Record<string, string>;
  /**
   * Scripts the next answers of a deployment or pool; `'*'` is every deployment. A list is a sequence, and more
   * replies queue up. Unscripted requests get a useful answer of the mock.
   * @throws {RangeError} for a name that is not in the config.
   */
  reply(name: Name | '*', reply: Reply | readonly Reply[], options?: ReplyOptions): void;
  /**
   * Scripts a fault for the next requests; `'*'` is every request, whatever it calls.
   * @throws {RangeError} for a name that is not in the config.
   */
  fail(name: Name | '*', fault: Fault, options?: FailOptions): void;
  /** Answers the requests of a recording as the real endpoint did. Other requests are answered as before. */
  replay(recording: Recording): void;
  /** The requests that came in, oldest first: all of them, or those to a deployment or pool. */
  requests(name?: Name): readonly RecordedRequest[];
  /** Mistakes of the callers: retried early, ignored a hint, retried what is final, … Empty is good. */
  verdict(): readonly Finding[];
  /**
   * Checks that the script and the traffic agree.
   * @throws {UnexpectedRequestError} when a strict mock got an unscripted request.
   * @throws {UnconsumedRepliesError} when scripted answers or faults were not used.
   */
  assertConsumed(): void;
  /** Calls `listener` after each request that was answered. Returns a function that ends it. */
  observe(listener: ObserveListener): () => void;
  /** Drops scripted answers and faults and the requests so far. Quota and stored state stay. */
  reset(): void;
  /** Ends every connection and frees every port. Running answers get `graceMs` to finish. @default graceMs 0 */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a mock Azure: one loopback port for each resource of the config. */
export async function startMockAzure<Name extends string = string>(
  options: MockAzureOptions<Name> = {},
): Promise<MockAzure<Name>> {
  const { apiKey = randomKey(), host = '127.0.0.1', port = 0, cors = false } = options;
  const clock = options.clock ?? realClock({ timeScale: options.timeScale ?? 1 });
  const given = options.config ?? (defaultConfig() as unknown as Config<Name>);
  const draining = new AbortController();
  const closing = new AbortController();
  const identity = createIdentity({
    ...tenantsOf(given),
    host,
    clock,
    graphOrigin: () => graph.endpoint,
    ...options.identity,
  });
  const era = options.headers ?? '2026';
  const listeners = new Map<string, Listener>();
  const pace = paceBy(options.latency ?? 'instant');
  const { hooks, traffic, ...controls } = createStage(given, {
    random: createRandom(options.seed ?? 1).fork('script'),
    anyName: options.anyDeployment !== undefined || options.config === undefined,
    strict: options.strict ?? false,
    timeScale: clock.timeScale,
    closedPorts: createClosedPorts(listeners, { clock, closing: closing.signal }),
    ...(options.journal && { journal: options.journal }),
  });
  const quota = createGate(clock, era);
  const watch =
    options.page === false
      ? undefined
      : createWatch({
          now: () => clock.now(),
          timeScale: clock.timeScale,
          use: (deployment) => quota.limiter(deployment).use(),
        });
  const service: Service = {
    clock,
    seed: options.seed ?? 1,
    route: router(operations),
    era,
    ...hooks,
    ...(watch && {
      answered: watch.answered,
      finished: (exchange) => {
        hooks.finished(exchange);
        watch.finished(exchange);
      },
    }),
    admit: quota.admit,
    filters: options.contentFilters ?? {},
    spillover: spilloverOf(given, options.spillover ?? {}),
    maxBodyBytes: options.maxBodyBytes ?? 64 * 1024 * 1024,
    mayRead: cors ? () => true : isOwnOrigin,
    draining: draining.signal,
    closing: closing.signal,
    checkToken: checkTokenWith(identity),
    ...(pace && { pace }),
    ...(options.seed !== undefined && { dateOf: seededDate }),
  };
  const played: PlayedResource[] = [];
  const arm = createResourceManager(() => played, { host, identity, clock, ...options.arm });
  const search = createSearchService({ host, identity, clock, ...options.search });
  const graph = createGraphService({ host, identity, clock });
  const vault = createKeyVault({ host, identity, clock, ...options.vault });
  const neighbours = [arm, search, graph, vault];
  const close: MockAzure['close'] = async ({ graceMs = 0 } = {}) => {
    draining.abort();
    if (graceMs === 0) closing.abort();
    await Promise.all([...listeners.values()].map(async (listener) => listener.close(graceMs)));
    closing.abort();
    await Promise.all([identity, ...neighbours].map(async (server) => server.close()));
  };
  await closeOnFailure(
    [identity, ...neighbours].map(async (server) => server.start()),
    close,
  );
  const outbound: Outbound = {
    token: async (scope) => (await identity.credential().getToken(scope)).token,
    locate: (endpoint) =>
      endpoint.replace(/\/+$/, '') === search.endpoint ? search.insecureEndpoint : endpoint,
  };
  const mocks = Object.keys(given.resources).map((name) =>
    playResource(given, name, { ...options, apiKey, outbound }),
  );
  const choose = resourceChooser(mocks);
  const page =
    watch &&
    createPage(
      {
        ...controls,
        ...traffic,
        now: () => clock.now(),
        timeScale: clock.timeScale,
        resources: () => mocks,
        use: (deployment) => quota.limiter(deployment).use(),
      },
      watch,
    );
  let sequence = 0;
  const nextSequence = (): number => (sequence += 1);
  const certificate =
    options.https === true ? certificateAuthority().issue([...loopbackHosts, host]) : undefined;
  const resources: Record<string, Resource> = {};
  for (const resource of mocks) {
    const gate = { resource, choose, nextSequence, ...(page && { page }) };
    const listening = listen(serve(service, gate), {
      upgrade: upgradeWith(service, gate),
      port: port === 0 ? 0 : port + listeners.size,
      host,
      names: hostnamesOf(given),
      ...(certificate && { certificate }),
    });
    await closeOnFailure([listening], close);
    const listener = await listening;
    listeners.set(resource.name, listener);
    const endpoint = originOf(host, listener.port, certificate !== undefined);
    played.push({ resource, endpoint });
    resources[resource.name] = { ...resource.config, endpoint };
  }
  return {
    ...controls,
    verdict: () => [
      ...controls.verdict(),
      ...neighbours.flatMap((neighbour) => neighbour.unknown.findings()),
    ],
    reset() {
      controls.reset();
      for (const neighbour of neighbours) {
        neighbour.unknown.clear();
        neighbour.forgetRequests();
        neighbour.restore();
      }
      identity.restore();
    },
    config: { ...given, resources },
    endpoint: Object.values(resources)[0]?.endpoint ?? '',
    apiKey,
    identity,
    arm,
    search,
    graph,
    vault,
    credential: (who) => identity.credential(who),
    identityEnv: (flow) => identity.env(flow),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Hosts of the resources in Azure, for callers that are led here. */
function hostnamesOf({ resources }: Config): string[] {
  return Object.values(resources).flatMap(({ endpoint }) =>
    URL.canParse(endpoint) ? new URL(endpoint).hostname : [],
  );
}

const loopbackHosts = ['localhost', '127.0.0.1', '::1'];

/** Where clients on this machine reach a port that is bound to `host`. */
function originOf(host: string, port: number, isSecure: boolean): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `${isSecure ? 'https' : 'http'}://${name}:${port}`;
}

/** The tenants of the resources: the first is the tenant of the mock. */
function tenantsOf(config: Config): IdentityOptions {
  const ids = Object.values(config.resources).flatMap(({ tenantId }) => tenantId ?? []);
  const [tenantId] = ids;
  return tenantId === undefined ? {} : { tenantId, otherTenants: ids };
}

/** Turns the names of the config into Azure names, for deployments and their spillover deployments. */
function spilloverOf(
  config: Config,
  wanted: Readonly<Partial<Record<string, string>>>,
): Record<string, string> {
  const nameOf = (key: string): string => config.deployments[key]?.deployment ?? key;
  return Object.fromEntries(Object.entries(wanted).map(([from, to]) => [nameOf(from), nameOf(to ?? '')]));
}

/** One second per request from a fixed day on, so that dates repeat with the seed. */
function seededDate(sequence: number): number {
  return Date.UTC(2026, 0, 1) + sequence * 1000;
}
