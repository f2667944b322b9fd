import { apiVersions } from '../catalog/api-versions.ts';
import { didYouMean } from './suggest.ts';

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
  return `not an api-version of Azure OpenAI.${didYouMean(Object.hasOwn(apiVersions.entries, twin) ? twin : api, known)}`;
}
