import { apiVersions, type ApiVersion } from './catalog/api-versions.ts';
import { clouds, type Cloud } from './catalog/clouds.ts';
import { media, type MediaFact } from './catalog/media.ts';
import type { Model } from './catalog/model.ts';
import { models } from './catalog/models.ts';
import { quotas, type Quota } from './catalog/quotas.ts';
import { regions, type Region } from './catalog/regions.ts';
import { skus, type Sku } from './catalog/skus.ts';
import type { Table } from './catalog/table.ts';
import type { CloudName } from './catalog/clouds.ts';

/** Facts about Azure OpenAI in tables. Each table has its date and its source. */
export interface Catalog {
  readonly models: Table<string, Model>;
  readonly skus: Table<string, Sku>;
  readonly regions: Table<string, Region>;
  readonly quotas: Table<string, Quota>;
  readonly apiVersions: Table<string, ApiVersion>;
  readonly clouds: Table<CloudName, Cloud>;
  readonly media: Table<MediaFact, number>;
}

/** The catalog that came with this version of the package. */
export const catalog: Catalog = { models, skus, regions, quotas, apiVersions, clouds, media };
