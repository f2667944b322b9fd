import { randomUUID } from 'node:crypto';
import { failureBody } from './failure-body.ts';
import { failures } from './failure.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainRequest, PlainResponse } from '../neighbour/listener.ts';
import { accountPage, deviceCodePage, messagePage, passwordPage } from './sign-in-page.ts';
import { isFailure, readTarget } from './token-endpoint.ts';
import type { Tenant } from './token-endpoint.ts';

const lifetimeSeconds = 900;
/** Page that the user of a device opens. */
const deviceLoginPath = '/devicelogin';

/** Answers `POST /{tenant}/oauth2/v2.0/devicecode`. */
export function answerDeviceCode(
  tenant: Tenant,
  tenantName: string,
  request: PlainRequest & { readonly signInOrigin: string },
): PlainResponse {
  const form = new URLSearchParams(request.body);
  const tenantId = tenant.directory.tenant(tenantName);
  const app = tenant.directory.app(form.get('client_id') ?? '');
  const refuse = (failure: Parameters<typeof failureBody>[0]): PlainResponse =>
    json(
      failure.status,
      failureBody(failure, { nowMs: tenant.now(), traceId: randomUUID(), correlationId: randomUUID() }),
    );
  if (tenantId === undefined) return refuse(failures.unknownTenant(tenantName));
  if (app === undefined)
    return refuse(failures.unknownApp(form.get('client_id') ?? '', tenant.directory.tenantName));
  const target = readTarget(tenant, form);
  if (isFailure(target)) return refuse(target);
  const { deviceCode, userCode } = tenant.grants.addDevice({
    tenantId,
    app,
    target,
    expiresAtMs: tenant.now() + lifetimeSeconds * 1000,
  });
  const page = request.signInOrigin + deviceLoginPath;
  return json(200, {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: page,
    expires_in: lifetimeSeconds,
    interval: 1,
    message: `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`,
  });
}

/** Answers the page on which the user of a device types its code and signs in. */
export function answerDeviceLogin(tenant: Tenant, request: PlainRequest): PlainResponse {
  const userCode = request.url.searchParams.get('user_code')?.trim().toUpperCase();
  if (userCode === undefined) return deviceCodePage();
  const device = [...tenant.grants.devices.values()].find((entry) => entry.userCode === userCode);
  if (device === undefined || device.expiresAtMs <= tenant.now() || device.state.kind !== 'pending')
    return deviceCodePage('That code didn’t work. Check the code and try again.');
  const form = new URLSearchParams(request.method === 'POST' ? request.body : '');
  const user = tenant.directory.user(form.get('user') ?? '');
  if (user === undefined) return accountPage(device.app, tenant.directory.users);
  const password = form.get('password');
  if (user.password !== undefined && user.password !== password) return passwordPage(user, password !== null);
  device.state = { kind: 'signed-in', user };
  return messagePage(200, 'You have signed in', 'You may close this page and go back to your device.');
}
