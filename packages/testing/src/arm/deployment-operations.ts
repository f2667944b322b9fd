import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import { mockDeployment } from '../service/mock-deployment.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { ArmAccount } from './account.ts';
import { allow, inSameLocation, notFound } from './arm-call.ts';
import type { Call } from './arm-call.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { deploymentJson, readDeployment } from './deployment.ts';
import { checkQuota } from './quota.ts';
import { accountId } from './scope.ts';
import type { ArmNames } from './scope.ts';

/** Answers `…/accounts/{account}/deployments[/{name}]`. */
export function inDeployments(call: Call, account: ArmAccount, name: string | undefined): PlainResponse {
  const { request, names, extras } = call;
  const show = (deployment: MockDeployment): Record<string, unknown> =>
    deploymentJson(names, account, { deployment, extras: extras.get(deployment) ?? {} });
  if (name === undefined) {
    if (request.method !== 'GET') throw notFound(request);
    allow(call, 'accounts/deployments/read', account);
    return json(200, { value: account.resource.deployments.map(show) });
  }
  const current = account.resource.deployments.find(
    (entry) => entry.name.toLowerCase() === name.toLowerCase(),
  );
  switch (request.method) {
    case 'GET':
      allow(call, 'accounts/deployments/read', account);
      return json(200, show(existing(names, account, { current, name })));
    case 'PUT':
      return json(current === undefined ? 201 : 200, show(put(call, account, { name, current })));
    case 'PATCH':
      return json(
        200,
        show(put(call, account, { name, current: existing(names, account, { current, name }) })),
      );
    case 'DELETE':
      allow(call, 'accounts/deployments/delete', account);
      if (current === undefined) return { status: 204 };
      account.resource.remove(current.name);
      return { status: 200 };
    default:
      throw notFound(request);
  }
}

interface Place {
  readonly name: string;
  readonly current: MockDeployment | undefined;
}

function put(call: Call, account: ArmAccount, { name, current }: Place): MockDeployment {
  allow(call, 'accounts/deployments/write', account);
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name))
    throw new NeighbourError(400, 'InvalidResourceName', `The deployment name '${name}' is not valid.`);
  const wanted = readDeployment(parse(call.request.body), { account, name: current?.name ?? name, current });
  const others = inSameLocation(call, account.location).filter((deployment) => deployment !== current);
  checkQuota(
    { sku: wanted.config.sku, model: wanted.config.model, capacity: wanted.capacity },
    others,
    call.quota,
  );
  const deployment = mockDeployment(current?.key ?? name, wanted.config);
  call.extras.set(deployment, { ...(current && call.extras.get(current)), ...wanted.extras });
  account.resource.put(deployment);
  return deployment;
}

function existing(names: ArmNames, account: ArmAccount, { name, current }: Place): MockDeployment {
  if (current !== undefined) return current;
  throw new NeighbourError(
    404,
    'DeploymentNotFound',
    `The deployment '${name}' of '${accountId(names, account.name)}' was not found.`,
  );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new NeighbourError(
      400,
      'InvalidRequestContent',
      'The request content was invalid and could not be deserialized.',
    );
  }
}
