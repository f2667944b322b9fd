import { manualClock } from '../clock.ts';
import { createRandom } from '../random.ts';
import { aResource } from '../service/a-resource.fake.ts';
import { mockDeployment } from '../service/mock-deployment.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { refused } from '../service/refused.fake.ts';
import type { WireResponse } from '../service/wire-response.ts';

type Json = Readonly<Record<string, unknown>>;

/** A request to a deployment of `model`, on a resource of its own unless `changes` name one. */
export function asking(
  body: Json = {},
  { model = 'gpt-4.1', ...changes }: Partial<DeploymentRequest> & { readonly model?: string } = {},
): DeploymentRequest {
  const { resource } = aResource();
  const deployment = mockDeployment('gpt', {
    resource: 'here',
    deployment: 'gpt',
    model,
    sku: 'GlobalStandard',
    limits: {},
    tags: {},
  });
  const usual = {
    resource: { ...resource, secret: 'of this resource' },
    surface: 'v1',
    era: '2026',
    params: {},
    query: new URLSearchParams(),
    clock: manualClock(),
    random: createRandom(1),
    dateMs: Date.UTC(2026, 10, 30),
    filterPolicy: {},
    deployment,
  };
  return { ...usual, body, ...changes } as DeploymentRequest;
}

/** What an answer in JSON says. */
export function saidBy(answer: WireResponse): Json {
  if (answer.kind !== 'json') throw new Error('no JSON');
  return JSON.parse(answer.text) as Json;
}

/** The words of a refusal, and the parameter that it names; `undefined` when nothing is refused. */
export function refusalOf(act: () => unknown): readonly [message: string, param: string | null] | undefined {
  const error = refused(act);
  return error && [error.message, error.param];
}
