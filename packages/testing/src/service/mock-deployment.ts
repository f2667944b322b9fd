import type { Deployment } from '@aoai/config';
import { headerText } from './header-lines.ts';
import { modelTraits, type ModelTraits } from './model-traits.ts';

/** A deployment of the mock. */
export interface MockDeployment {
  /** Key in the config; the Azure name when it is not in the config. */
  readonly key: string;
  /** Name in Azure: callers send it in the URL or in `model`. */
  readonly name: string;
  readonly model: string;
  readonly version: string;
  /** Model and version, as answers name them: `gpt-5.4-2026-03-05`. */
  readonly servedModel: string;
  readonly traits: ModelTraits;
  readonly config: Deployment;
  /** `name` and `servedModel` as headers have them. */
  readonly headerName: string;
  readonly headerModel: string;
}

/** A mock of the deployment `config`, under its Azure name. */
export function mockDeployment(key: string, config: Deployment): MockDeployment {
  const traits = modelTraits(config.model);
  const version = config.version ?? traits.version;
  const servedModel = /^\d{4}-/.test(version) ? `${config.model}-${version}` : config.model;
  return {
    key,
    name: config.deployment,
    model: config.model,
    version,
    servedModel,
    traits,
    config,
    headerName: headerText(config.deployment),
    headerModel: headerText(servedModel),
  };
}
