import type { Clock } from '../clock.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { DeploymentOperation, DeploymentRequest } from '../service/operation.ts';
import type { Admission } from '../service/service.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import type { HeaderEra } from './rate-limit-headers.ts';
import { rateLimitResponse } from './rate-limit-response.ts';

/** Decides about requests by the limits of their deployments. */
export interface Gate {
  readonly admit: (request: DeploymentRequest, operation: DeploymentOperation) => Admission;
  limiter(deployment: MockDeployment): Limiter;
}

/** A limiter for each deployment, made when it is first called. */
export function createGate(clock: Clock, headerEra: HeaderEra): Gate {
  const limiters = new WeakMap<MockDeployment, Limiter>();

  function makeLimiter({ config, headerName }: MockDeployment): Limiter {
    return createLimiter({ ...config, deployment: headerName }, clock, { headerEra });
  }

  function limiter(deployment: MockDeployment): Limiter {
    const found = limiters.get(deployment) ?? makeLimiter(deployment);
    limiters.set(deployment, found);
    return found;
  }

  function admit(request: DeploymentRequest, operation: DeploymentOperation): Admission {
    const decision = limiter(request.deployment).admit(operation.estimate(request));
    let headers = '';
    for (const name in decision.headers) headers += `${name}: ${decision.headers[name] ?? ''}\r\n`;
    if (decision.ok)
      return {
        headers,
        settle: (used) => {
          decision.settle(used);
        },
      };
    const { kind, retryAfterMs } = decision;
    return {
      headers,
      refusal: rateLimitResponse(request, { kind, retryAfterMs, operation: operation.name }),
    };
  }

  return { admit, limiter };
}
