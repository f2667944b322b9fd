import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { apiVersions } from './catalog/api-versions.ts';
import { models } from './catalog/models.ts';
import { dataZones, regions } from './catalog/regions.ts';
import { skus } from './catalog/skus.ts';
import { expectationAt } from './read/expectations.ts';
import {
  deploymentSchema,
  policySchema,
  poolMemberSchema,
  poolSchema,
  resourceSchema,
} from './read/schema.ts';

type Json = Record<string, unknown>;

const name = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
const member = { anyOf: [{ type: 'string' }, { $ref: '#/definitions/poolMember' }] };

/**
 * JSON Schema (draft 7, the one that editors know best) of a config file. It has the shape and the known names; `aoai
 * config check` checks the rest. Published as `@aoai/config/schema.json`.
 */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'aoai config',
    description: 'What may be called on Azure OpenAI: resources, deployments, pools and policy.',
    type: 'object',
    additionalProperties: false,
    required: ['resources', 'deployments'],
    properties: {
      $schema: { type: 'string' },
      resources: byName({ $ref: '#/definitions/resource' }, 1),
      deployments: byName({ $ref: '#/definitions/deployment' }, 1),
      pools: byName({ $ref: '#/definitions/pool' }, 0),
      policy: { $ref: '#/definitions/policy' },
      names: {
        description: 'As a config is written out: the names of its deployments and pools.',
        type: 'array',
        items: { type: 'string' },
      },
      leadOn: {
        description: 'As a config is written out: `leadOn` of its pools.',
        type: 'object',
        additionalProperties: { type: 'array', items: { type: 'string' } },
      },
      allowHosts: {
        description: "Hosts outside Azure's own suffixes that may be sent credentials.",
        type: 'array',
        items: { $ref: '#/definitions/text' },
      },
    },
    definitions: {
      text: { anyOf: [{ type: 'string' }, { $ref: '#/definitions/env' }] },
      env: {
        description: 'Read from the environment.',
        type: 'object',
        additionalProperties: false,
        required: ['$env'],
        properties: { $env: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' } },
      },
      resource: described(resourceSchema, {
        api: Object.keys(apiVersions.entries),
        region: Object.keys(regions.entries),
      }),
      deployment: described(deploymentSchema, {
        model: Object.keys(models.entries),
        sku: Object.keys(skus.entries),
      }),
      tiers: {
        description: 'Tiers of deployments, from first to last. A flat list is one tier.',
        type: 'array',
        minItems: 1,
        items: { anyOf: [...member.anyOf, { type: 'array', minItems: 1, items: member }] },
      },
      pool: { anyOf: [{ $ref: '#/definitions/tiers' }, { $ref: '#/definitions/poolWithRules' }] },
      poolWithRules: poolWithRules(),
      poolMember: described(poolMemberSchema, {}),
      policy: described(policySchema, { processing: [...dataZones, ...Object.keys(regions.entries)] }),
    },
  };
}

/** The refusals with a special rule; editors suggest them. */
const refusals = ['context_length_exceeded', 'content_filter'];

function poolWithRules(): Json {
  const schema = described(poolSchema, { leadOn: refusals });
  const properties = schema['properties'] as Readonly<Record<string, Json>>;
  const { description } = properties['tiers'] ?? {};
  const tiers = { description, allOf: [{ $ref: '#/definitions/tiers' }] };
  return { ...schema, properties: { ...properties, tiers } };
}

function byName(item: Json, minProperties: number): Json {
  return { type: 'object', minProperties, propertyNames: { pattern: name }, additionalProperties: item };
}

/** The schema of one section with descriptions, references to the environment, and names that editors can suggest. */
function described(schema: v.GenericSchema, words: Readonly<Record<string, readonly string[]>>): Json {
  const result: Json = { ...toJsonSchema(schema, { target: 'draft-07', ignoreActions: ['finite'] }) };
  delete result['$schema'];
  const properties = result['properties'] as Readonly<Record<string, Json>>;
  return {
    ...result,
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, property]) => {
        const { expected = '', example = '' } = expectationAt([key]) ?? {};
        const description = `${expected.charAt(0).toUpperCase()}${expected.slice(1)}, for example ${example}.`;
        return [key, { description, ...offered(key, property, words[key]) }];
      }),
    ),
  };
}

function offered(key: string, property: Json, words: readonly string[] | undefined): Json {
  const known = words === undefined ? [] : [{ enum: words }];
  // Names of this config are written out, never read from the environment.
  if (property['type'] === 'string' && key !== 'resource') {
    return { anyOf: [...known, property, { $ref: '#/definitions/env' }] };
  }
  if (key === 'limits' || key === 'price')
    return { ...property, properties: amounts(property['properties'] as Json) };
  return property['type'] === 'array' && words !== undefined
    ? { ...property, items: { anyOf: [...known, property['items']] } }
    : property;
}

function amounts(properties: Json): Json {
  return Object.fromEntries(
    Object.entries(properties).map(([key, property]) => [
      key,
      { anyOf: [property, { $ref: '#/definitions/env' }] },
    ]),
  );
}
