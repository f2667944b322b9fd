import type { Model } from '../catalog/model.ts';
import { models } from '../catalog/models.ts';
import { retiredModels } from '../catalog/retired-models.ts';
import { entryOf } from '../catalog/table.ts';
import type { Config, Deployment } from '../config.ts';
import { pathText } from '../read/path.ts';
import { didYouMean } from '../read/suggest.ts';
import type { Finding } from './finding.ts';

interface Today {
  readonly today: string;
  readonly retiringWithinDays: number;
}

/** Models that are unknown, retired or about to retire. */
export function modelFindings(config: Config, options: Today): readonly Finding[] {
  return Object.entries(config.deployments).flatMap(([name, deployment]) => {
    const model = entryOf(models, deployment.model);
    if (model === undefined)
      return [retiredLongAgo(name, deployment, options) ?? unknownModel(name, deployment)];
    return [
      ...notInRegion(config, name, { deployment, model }),
      ...unknownVersion(name, deployment, model),
      ...retirement(name, deployment, { model, ...options }),
    ];
  });
}

function retiredLongAgo(name: string, deployment: Deployment, options: Today): Finding | undefined {
  const entry = entryOf(retiredModels, deployment.model);
  if (entry === undefined) return undefined;
  const instead = replacementFor(entry.replacement, options);
  return {
    rule: 'model-retired',
    severity: 'error',
    path: pathText(['deployments', name, 'model']),
    message: `"${deployment.model}" retired on ${entry.retired}: calls are answered with an error. ${instead}`,
  };
}

function unknownModel(name: string, deployment: Deployment): Finding {
  const guess = didYouMean(deployment.model, Object.keys(models.entries));
  return {
    rule: 'model-unknown',
    severity: 'warning',
    path: pathText(['deployments', name, 'model']),
    message: `"${deployment.model}" is not in the catalog of ${models.asOf}.${guess} If it is newer than this package, nothing is wrong.`,
  };
}

/** Findings about models that only a few regions offer. */
function notInRegion(
  config: Config,
  name: string,
  { deployment, model }: { readonly deployment: Deployment; readonly model: Model },
): readonly Finding[] {
  const region = config.resources[deployment.resource]?.region;
  if (region === undefined || model.regions === undefined || model.regions.includes(region)) return [];
  const offered = model.regions.map((known) => JSON.stringify(known)).join(', ');
  return [
    {
      rule: 'model-not-in-region',
      severity: 'warning',
      path: pathText(['deployments', name, 'model']),
      message: `"${deployment.model}" was not offered in "${region}" when the catalog was made; it was in ${offered}.`,
    },
  ];
}

function unknownVersion(name: string, deployment: Deployment, model: Model): readonly Finding[] {
  if (deployment.version === undefined || Object.hasOwn(model.versions, deployment.version)) return [];
  const known = Object.keys(model.versions).map((version) => JSON.stringify(version));
  return [
    {
      rule: 'model-version-unknown',
      severity: 'warning',
      path: pathText(['deployments', name, 'version']),
      message: `"${deployment.model}" is not known to have a version "${deployment.version}"; known: ${known.join(', ')}. If it is newer than this package, nothing is wrong.`,
    },
  ];
}

function retirement(
  name: string,
  deployment: Deployment,
  options: Today & { readonly model: Model },
): readonly Finding[] {
  const retires = retirementDay(options.model, deployment.version);
  if (retires === undefined) return [];
  const daysLeft = daysBetween(options.today, retires);
  if (daysLeft > options.retiringWithinDays) return [];
  const { version } = deployment;
  const what = version === undefined ? `"${deployment.model}"` : `"${deployment.model}" ${version}`;
  const instead = replacementFor(options.model.replacement, options);
  const path = pathText(['deployments', name, 'model']);
  if (daysLeft <= 0) {
    // A day after the date of the table was only planned, and plans have changed before.
    if (retires > models.asOf) {
      const message = `${what} was to retire on ${retires}, by the schedule of ${models.asOf}. ${instead} Whether it still answers: \`aoai doctor\`.`;
      return [{ rule: 'model-retired', severity: 'warning', path, message }];
    }
    const message = `${what} retired on ${retires}: calls are answered with 410. ${instead}`;
    return [{ rule: 'model-retired', severity: 'error', path, message }];
  }
  const message = `${what} retires on ${retires}, in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}. ${instead}`;
  return [{ rule: 'model-retiring', severity: 'warning', path, message }];
}

/**
 * The day on which the version retires; without a version, the day on which the last one retires, because Azure
 * upgrades most deployments itself.
 */
function retirementDay(model: Model, version: string | undefined): string | undefined {
  if (version !== undefined)
    return Object.hasOwn(model.versions, version) ? model.versions[version]?.retires : undefined;
  const days = Object.values(model.versions).map((entry) => entry.retires);
  return days.includes(undefined) ? undefined : days.toSorted().at(-1);
}

/** Follows replacements to one that is not retiring, else to the last one that still answers. */
function replacementFor(first: string | undefined, { today, retiringWithinDays }: Today): string {
  let answering: string | undefined;
  let name = first;
  for (let hops = 0; name !== undefined && hops < 10; hops++) {
    const next = entryOf(models, name);
    const day = next === undefined ? undefined : retirementDay(next, undefined);
    if (day === undefined || daysBetween(today, day) > retiringWithinDays) return `Move to "${name}".`;
    if (day > today) answering = name;
    name = next?.replacement;
  }
  if (answering !== undefined) return `Move to "${answering}".`;
  return 'Microsoft names no replacement: choose a current model.';
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
