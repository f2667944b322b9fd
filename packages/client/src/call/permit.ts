import type { Config } from '@aoai/config';
import type { CallSettings } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import { ResidencyError } from '../errors.ts';
import type { CallRequest } from '../request/call-request.ts';
import { checkModel } from '../request/json-body.ts';
import { isWrite } from '../request/read-request.ts';
import { mentionsIn, noMentions } from '../request/mentions.ts';
import type { Mentions } from '../request/mentions.ts';
import type { Route } from '../route/route.ts';

/** What is asked. */
interface Asked {
  readonly request: CallRequest;
  readonly route: Route;
  readonly settings: CallSettings;
}

/** Where a request may go, with what was found in it. */
interface Permitted {
  readonly route: Route;
  /** Nothing where nothing is looked for: then all names in the body stay as they are. */
  readonly mentions: Mentions;
}

/**
 * The route of a request as far as the policy allows what the request refers to: only resources that hold every
 * deployment it names stay in it.
 * @throws ResidencyError before anything is sent, when the policy forbids it or cannot see what it leads to.
 */
export function permitted(config: Config, engine: Engine, { request, route, settings }: Asked): Permitted {
  const { policy } = config;
  const clause = guarding(config);
  const isFree = clause === undefined && policy.apiKeys !== 'forbid' && policy.previewApis !== 'forbid';
  if (isFree && !mayRefer(request)) return { route, mentions: noMentions };
  const mentions = request.mentions();
  if (policy.apiKeys === 'forbid' && mentions.hasKey) {
    throw refused(request, {
      policy: 'apiKeys',
      reason: '`policy.apiKeys` is "forbid", and `data_sources` has an API key. Use a managed identity.',
    });
  }
  if (policy.previewApis === 'forbid' && isPreview(request)) {
    throw refused(request, {
      policy: 'previewApis',
      reason: '`policy.previewApis` is "forbid", and the request asks for a preview. Leave it out.',
    });
  }
  if (clause !== undefined && !settings.trustReferences) checkSeen(config, { request, mentions, clause });
  if (mentions.deployments.length === 0) return { route, mentions };
  return { route: narrowed(engine, { request, route, mentions, clause }), mentions };
}

/** The clause that says which deployments may be called, so that every other one is forbidden. */
function guarding({ policy }: Config): 'processing' | 'models' | undefined {
  if (policy.processing !== undefined) return 'processing';
  return policy.models === undefined ? undefined : 'models';
}

/** Operations in which a name of the config may stand somewhere else than in `model`. */
function mayRefer({ operation, headersFor, text }: CallRequest): boolean {
  if (headersFor !== undefined) return true;
  if (operation === 'responses') return text?.includes('"image_generation"') === true;
  return (operation === 'other' || operation === 'realtime') && text !== undefined;
}

/** On the v1 api a preview is asked for by a header, or by a part of the path. */
function isPreview({ headers, path }: CallRequest): boolean {
  return /\/(alpha|beta|preview)(\/|$)/.test(path) || headers['aoai-evals'] !== undefined;
}

/** Things that the service keeps and that may name a deployment: this client cannot read them. */
const stored: readonly (readonly [path: RegExp, what: string])[] = [
  [/^\/batches$/, 'the file of a batch names its deployments'],
  [/^\/evals\/[^/]+\/runs$/, 'a stored eval may name deployments for its graders'],
  [
    /^\/threads\/(runs|[^/]+\/runs(\/[^/]+\/submit_tool_outputs)?)$/,
    'a stored assistant names its deployment',
  ],
  [/^\/fine_tuning\/(?!jobs\/[^/]+\/(cancel|pause|resume)$)/, 'a job may train in another region'],
  [/^\/ingestion\//, 'a job may send documents to a service outside of the config'],
  [/^\/files\/import$/, 'a file may be fetched from outside of the config'],
];

/** Operations that send nothing to a model. */
const harmless =
  /^\/(files|uploads|containers|vector_stores|conversations)(\/|$)|^\/(responses|batches)\/[^/]+\/cancel$|^\/chat\/completions\/[^/]+$|^\/fine_tuning\/jobs\/[^/]+\/(cancel|pause|resume)$|^\/threads$|^\/threads\/[^/]+(\/messages(\/[^/]+)?|\/runs\/[^/]+\/cancel)?$|^\/realtime\/calls\/[^/]+\/(hangup|reject|refer)$/;

/** @throws ResidencyError for references to deployments or places that the request does not show. */
function checkSeen(
  config: Config,
  {
    request,
    mentions,
    clause,
  }: { request: CallRequest; mentions: Mentions; clause: 'processing' | 'models' },
): void {
  const { path, method, name, operation, unread } = request;
  if (!isWrite(method)) return;
  const [, keeps] = stored.find(([pattern]) => pattern.test(path)) ?? [];
  const outside = mentions.unseen[0] ?? (clause === 'processing' ? mentions.outside[0] : undefined);
  // A stored prompt may bring a model of its own, whatever the tools beside it name.
  const isNamed =
    name !== undefined ||
    (mentions.deployments.length > 0 && operation !== 'responses') ||
    /^\/evals(\/|$)/.test(path);
  let why = keeps ?? outside;
  if (why === undefined && !harmless.test(path)) {
    if (unread !== undefined) why = `its body could not be read: ${unread}`;
    else if (!isNamed) why = 'it names no deployment of the config';
  }
  if (why === undefined) return;
  throw refused(request, unchecked(config, clause, why));
}

/** What the lines of a batch may ask: each is looked at like the body of a call, since no call says what stands in it. */
export function batchPermit(
  config: Config,
  engine: Engine,
): (body: Readonly<Record<string, unknown>>, target: string) => Readonly<Record<string, unknown>> {
  const clause = guarding(config);
  if (clause === undefined) return (body) => body;
  return (body, name) => {
    const target = engine.targets.get(name);
    // As it will be written: an object of the caller could say something else when it is asked again.
    const json = JSON.parse(JSON.stringify(body)) as Record<string, unknown>;
    checkModel(json, name);
    const { places, unseen, outside } = mentionsIn(json);
    const why = unseen[0] ?? (clause === 'processing' ? outside[0] : undefined);
    if (why !== undefined) throw new ResidencyError({ target: name, ...unchecked(config, clause, why) });
    for (const place of places) {
      if (target?.named.has(place.name) !== true) {
        throw new ResidencyError({
          target: place.name,
          policy: clause,
          reason: `\`policy.${clause}\` allows the deployments of the config, and ${JSON.stringify(place.name)} is none in the resource of ${JSON.stringify(name)}.`,
        });
      }
      place.holder[place.key] = target.named.get(place.name);
    }
    return json;
  };
}

function unchecked(
  { policy }: Config,
  clause: 'processing' | 'models',
  why: string,
): { readonly policy: string; readonly reason: string } {
  const reason =
    `\`policy.${clause}\` ${JSON.stringify(policy[clause])} cannot be checked: ${why}. ` +
    'Name what is called in the request, or say that you have checked it: `azure.with({ trustReferences: true })`.';
  return { policy: clause, reason };
}

/** The route without the resources that do not hold what the request names. */
function narrowed(
  engine: Engine,
  {
    request,
    route,
    mentions: { deployments },
    clause,
  }: Omit<Asked, 'settings'> & { mentions: Mentions; clause: 'processing' | 'models' | undefined },
): Route {
  // A session or a grader that is named in the body leads where the name leads.
  const [first = ''] = deployments;
  const named = request.name === undefined ? engine.route.all.get(first) : undefined;
  const wider = named ?? (request.name === undefined ? everywhere(engine, route) : route);
  const tiers = wider.tiers
    .map((tier) => tier.filter(({ target }) => deployments.every((name) => target.named.has(name))))
    .filter((tier) => tier.length > 0);
  if (tiers.length > 0) return { ...wider, tiers };
  if (clause === undefined) return route;
  const unknown = deployments.find(
    (name) => ![...engine.targets.values()].some(({ named: own }) => own.has(name)),
  );
  throw refused(request, {
    policy: clause,
    target: unknown ?? first,
    reason:
      unknown === undefined
        ? `no resource holds all that it names: ${deployments.map((name) => JSON.stringify(name)).join(', ')}. Deploy them in one resource.`
        : `\`policy.${clause}\` allows the deployments of the config, and ${JSON.stringify(unknown)} is none that may be called. Name one of ${[...engine.route.all.keys()].map((name) => JSON.stringify(name)).join(', ')}.`,
  });
}

function everywhere(engine: Engine, route: Route): Route {
  const others = [...engine.resources.values()].filter(
    (target) => !route.tiers.some((tier) => tier.some((candidate) => candidate.target === target)),
  );
  return { ...route, tiers: [...route.tiers, ...others.map((target) => [{ target }])] };
}

function refused(
  { path }: CallRequest,
  details: { readonly policy: string; readonly reason: string; readonly target?: string },
): ResidencyError {
  return new ResidencyError({ target: path, ...details });
}
