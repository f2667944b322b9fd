import { apiVersions } from '../catalog/api-versions.ts';
import { models } from '../catalog/models.ts';
import { didYouMean, suggest } from './suggest.ts';

/**
 * Why a text is not an api that the service knows; `undefined` when it is one. A date after the catalog's own is
 * accepted: the service may be newer than this package (`lint` says so).
 */
export function apiProblem(api: string): string | undefined {
  if (Object.hasOwn(apiVersions.entries, api)) return undefined;
  if (api === 'preview') return 'not needed. Use "v1": its previews are chosen by request headers';
  const date = /^(\d{4}-\d{2}-\d{2})(-preview)?$/.exec(api)?.[1];
  if (date !== undefined && date > apiVersions.asOf && !Number.isNaN(Date.parse(date))) return undefined;
  const typed = api.toLowerCase();
  const twin = typed.endsWith('-preview') ? typed.slice(0, -'-preview'.length) : `${typed}-preview`;
  const known = Object.keys(apiVersions.entries);
  if (known.includes(twin))
    return `not an api-version of Azure OpenAI. Did you mean ${JSON.stringify(twin)}?`;
  if (date === undefined) return `not an api-version of Azure OpenAI.${didYouMean(api, known)}`;
  // A few different digits may be another year: only small typing mistakes are corrected.
  const slip = suggest(typed, known, 1);
  const guess = slip === undefined ? 'Use "v1", or "2024-10-21"' : `Did you mean ${JSON.stringify(slip)}?`;
  const model = modelOfVersion(date);
  if (model === undefined) return `not an api-version of Azure OpenAI. ${guess}`;
  return `not an api-version of Azure OpenAI: it is a version of the model ${JSON.stringify(model)}, which goes to \`version\` of the deployment. Use "v1", or "2024-10-21"`;
}

/** The model that has a version of this name. */
function modelOfVersion(version: string): string | undefined {
  return Object.entries(models.entries).find(([, { versions }]) => Object.hasOwn(versions, version))?.[0];
}
