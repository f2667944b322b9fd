import { isAllowed, processingOf } from '@aoai/config';
import type { Config, Deployment } from '@aoai/config';
import type { Account, AccountDeployment } from '../arm/account.ts';
import { accountOf } from '../arm/drift.ts';
import { plural } from '../terminal.ts';
import type { CheckResult } from './result.ts';

/** The accounts, and what they are compared with. */
export interface AccountContext {
  readonly accounts: readonly Account[];
  /** Whether calls sign in with an API key. */
  readonly usesKey: boolean;
  readonly now: () => number;
}

/** What the Management API says about one resource of a config. */
export function accountFacts(
  config: Config,
  name: string,
  { accounts, usesKey, now }: AccountContext,
): readonly CheckResult[] {
  const resource = config.resources[name];
  if (resource === undefined) return [];
  const [check, subject] = ['account', `resources.${name}`] as const;
  const account = accountOf(accounts, resource.endpoint);
  if (account === undefined) {
    const cause = 'No account of the subscription has this endpoint.';
    return [
      {
        check,
        status: 'warning',
        subject,
        problem: 'account-unknown',
        cause,
        fix: 'Give the `--subscription` that it is in; behind a gateway, check the account itself.',
      },
    ];
  }
  const results: CheckResult[] = [
    {
      check,
      status: 'ok',
      subject,
      cause: `It is the account ${account.name} in ${account.region}${account.isPublic ? '' : ', which answers at private endpoints only'}.`,
    },
  ];
  if (usesKey && !account.takesKeys) {
    results.push({
      check,
      status: 'error',
      subject,
      problem: 'key-auth-disabled',
      cause: 'The account takes no API keys (`disableLocalAuth`).',
      fix: 'Sign in with Entra ID: unset `AZURE_OPENAI_API_KEY`.',
    });
  }
  if (resource.region !== undefined && resource.region !== account.region) {
    results.push({
      check,
      status: 'error',
      subject: `${subject}.region`,
      problem: 'wrong-region',
      cause: `The config says "${resource.region}", the account is in "${account.region}".`,
      fix: `Set \`region\` to "${account.region}".`,
    });
  }
  const own = Object.entries(config.deployments).filter(([, deployment]) => deployment.resource === name);
  return [
    ...results,
    ...own.flatMap(([key, deployment]) => deploymentFacts(config, key, { deployment, account, now })),
  ];
}

function deploymentFacts(
  config: Config,
  key: string,
  {
    deployment,
    account,
    now,
  }: { readonly deployment: Deployment; readonly account: Account; readonly now: () => number },
): readonly CheckResult[] {
  const subject = `deployments.${key}`;
  const actual = account.deployments.find(({ name }) => name === deployment.deployment);
  if (actual === undefined) {
    const names = account.deployments.map(({ name }) => JSON.stringify(name)).join(', ');
    const cause = `The account ${account.name} has no deployment ${JSON.stringify(deployment.deployment)}.`;
    return [
      {
        check: 'deployment',
        status: 'error',
        subject,
        problem: 'deployment-missing',
        cause,
        fix: `It has ${names === '' ? 'none' : names}.`,
      },
    ];
  }
  return [
    ...lifecycleOf(subject, actual, now),
    ...stateOf(subject, actual),
    ...modelOf(subject, deployment, actual),
    ...skuOf(config, key, { deployment, actual, account }),
    ...quotaOf(subject, deployment, actual),
  ];
}

/** The retirement day of the Management API wins over the table. */
function lifecycleOf(subject: string, actual: AccountDeployment, now: () => number): readonly CheckResult[] {
  const { retires, replacement, model } = actual;
  if (retires === undefined) return [];
  const check = 'lifecycle';
  const daysLeft = Math.ceil((Date.parse(retires) - now()) / 86_400_000);
  if (daysLeft > retiringWithinDays)
    return [{ check, status: 'ok', subject, cause: `${model} is served until ${retires}.` }];
  const fix = replacement === undefined ? 'Choose a current model.' : `Move to ${replacement}.`;
  if (daysLeft > 0) {
    return [
      {
        check,
        status: 'warning',
        subject,
        problem: 'model-retiring',
        cause: `${model} retires on ${retires}, in ${plural(daysLeft, 'day')}.`,
        fix,
      },
    ];
  }
  return [
    {
      check,
      status: 'error',
      subject,
      problem: 'model-retired',
      cause: `${model} retired on ${retires}.`,
      fix,
    },
  ];
}

const retiringWithinDays = 90;

function stateOf(subject: string, { state }: AccountDeployment): readonly CheckResult[] {
  if (state === 'Succeeded') return [];
  return [
    {
      check: 'deployment',
      status: 'warning',
      subject,
      problem: 'not-ready',
      cause: `The deployment is in the state "${state}".`,
      fix: 'Wait until it is "Succeeded", or deploy it again.',
    },
  ];
}

function modelOf(
  subject: string,
  wanted: Deployment,
  { model, version }: AccountDeployment,
): readonly CheckResult[] {
  const isSame = wanted.model === model && (wanted.version === undefined || wanted.version === version);
  if (isSame)
    return [{ check: 'model', status: 'ok', subject, cause: `${model} ${version ?? ''} is deployed.` }];
  const said = [wanted.model, wanted.version].filter((part) => part !== undefined).join(' ');
  return [
    {
      check: 'model',
      status: 'error',
      subject,
      problem: 'wrong-model',
      cause: `The config says ${JSON.stringify(said)}, and ${JSON.stringify(`${model} ${version ?? ''}`.trim())} is deployed.`,
      fix: 'Correct `model` and `version`, or deploy the model that is meant.',
    },
  ];
}

/** The sku in Azure decides where data is processed, not the one in the config. */
function skuOf(
  config: Config,
  key: string,
  {
    deployment,
    actual,
    account,
  }: { readonly deployment: Deployment; readonly actual: AccountDeployment; readonly account: Account },
): readonly CheckResult[] {
  const [check, subject] = ['sku', `deployments.${key}`] as const;
  if (deployment.sku === actual.sku) return [];
  const resource = config.resources[deployment.resource];
  const where =
    resource === undefined
      ? undefined
      : processingOf({ ...deployment, sku: actual.sku }, { ...resource, region: account.region });
  const cause = `The config says the sku "${deployment.sku}", Azure has "${actual.sku}"`;
  if (where !== undefined && !isAllowed(where, config.policy.processing)) {
    const clause = JSON.stringify(config.policy.processing);
    return [
      {
        check,
        status: 'error',
        subject,
        problem: 'sku-outside-policy',
        cause: `${cause}, which \`policy.processing\` ${clause} forbids.`,
        fix: `Deploy it again as "${deployment.sku}".`,
      },
    ];
  }
  return [
    {
      check,
      status: 'error',
      subject,
      problem: 'wrong-sku',
      cause: `${cause}.`,
      fix: `Set \`sku\` to "${actual.sku}", or deploy it again.`,
    },
  ];
}

function quotaOf(subject: string, { limits }: Deployment, actual: AccountDeployment): readonly CheckResult[] {
  return (['tpm', 'rpm', 'ptu'] as const).flatMap((key): CheckResult[] => {
    const [wanted, real] = [limits[key], actual.limits[key]];
    if (wanted === undefined || real === undefined || wanted <= real) return [];
    return [
      {
        check: 'quota',
        status: 'error',
        subject,
        problem: 'quota-lower',
        cause: `The config counts on ${wanted} ${key}, the deployment has ${real}.`,
        fix: `Set \`limits.${key}\` to ${real}, or raise the capacity of the deployment.`,
      },
    ];
  });
}
