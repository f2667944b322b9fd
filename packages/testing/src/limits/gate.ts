import type { Clock } from '../clock.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { DeploymentOperation, DeploymentRequest } from '../service/operation.ts';
import type { Admission } from '../service/service.ts';
import { createMeter, type Meter } from './meter.ts';
import type { HeaderEra } from './rate-limit-headers.ts';
import { rateLimitResponse } from './rate-limit-response.ts';

/** Decides about requests by the limits of their deployments. */
export interface Gate {
  readonly admit: (request: DeploymentRequest, operation: DeploymentOperation) => Admission;
  limiter(deployment: MockDeployment): Meter;
}

/** A limiter for each deployment, made when it is first called. */
export function createGate(clock: Clock, headerEra: HeaderEra): Gate {
  const limiters = new WeakMap<MockDeployment, Meter>();

  function limiter(deployment: MockDeployment): Meter {
    const found = limiters.get(deployment) ?? createMeter(deployment.config, clock, headerEra);
    limiters.set(deployment, found);
    return found;
  }

  function admit(request: DeploymentRequest, operation: DeploymentOperation): Admission {
    const decision = limiter(request.deployment).admit(operation.estimate(request));
    const headers = decision.lines;
    if (decision.ok) return { headers, settle: decision.settle };
    const { kind, retryAfterMs } = decision;
    return {
      headers,
      refusal: rateLimitResponse(request, { kind, retryAfterMs, operation: operation.name }),
    };
  }

  return { admit, limiter };
}
