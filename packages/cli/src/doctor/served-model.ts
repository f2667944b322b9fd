import type { Deployment } from '@aoai/config';
import { printable } from '../printable.ts';
import type { CheckResult } from './result.ts';

/** Compares the model that answered with the one in the config. */
export function servedModel(
  deployment: Deployment,
  served: { readonly header: string | null; readonly model: string | undefined },
): Omit<CheckResult, 'subject'> {
  const check = 'model';
  const name = printable(served.header ?? served.model ?? '');
  // Responses repeat the deployment instead of naming the model.
  if (
    name === '' ||
    (served.header === null && name === deployment.deployment && name !== deployment.model)
  ) {
    return { check, status: 'skipped', cause: 'The answer does not say which model it is from.' };
  }
  if (isModel(name, deployment)) return { check, status: 'ok', cause: `${name} answers.` };
  const wanted =
    deployment.version === undefined ? deployment.model : `${deployment.model} ${deployment.version}`;
  return {
    check,
    status: 'error',
    problem: 'wrong-model',
    cause: `The config says ${JSON.stringify(wanted)}, and ${JSON.stringify(name)} answers.`,
    fix: 'Correct `model` and `version`, or deploy the model that is meant: rules for parameters and limits depend on it.',
  };
}

/** `gpt-5.4-2026-03-05` is the model `gpt-5.4`; `gpt-5.4-mini-2026-03-17` is not. */
function isModel(served: string, { model, version }: Deployment): boolean {
  // The service calls this family by OpenAI's name.
  const [name, wanted] = [served, model].map((text) => text.toLowerCase().replace('gpt-3.5', 'gpt-35'));
  if (name === undefined || wanted === undefined || !name.startsWith(wanted)) return false;
  const rest = name.slice(wanted.length);
  if (rest === '') return true;
  if (version !== undefined) return rest === `-${version.toLowerCase()}`;
  return /^-(\d{4}(-\d{2}-\d{2})?|\d)/.test(rest);
}
