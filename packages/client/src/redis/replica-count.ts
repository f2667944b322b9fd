/** How many replicas share a store, before the store has counted them. */
interface ReplicaCount {
  /** What the operator said. */
  readonly said: number | undefined;
  /** What is assumed: too many leave some quota unused while the store is away, too few use too much. */
  readonly assumed: number;
}

const variable = 'AOAI_REPLICAS';

/** Without a word of the operator: enough for most services, and quota for a service that runs alone. */
const unsaid = 10;

/** @throws RangeError when the option, or the environment variable that stands in for it, is no count. */
export function replicaCount(
  option: number | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): ReplicaCount {
  const text = env[variable];
  const isUnset = text === undefined || text === '';
  const said = option ?? (isUnset ? undefined : Number(text));
  if (said === undefined) return { said, assumed: unsaid };
  if (Number.isInteger(said) && said >= 1) return { said, assumed: said };
  const [name, value] = option === undefined ? [variable, JSON.stringify(text)] : ['replicas', option];
  throw new RangeError(
    `Cannot create the quota store: \`${name}\` is ${value}. Set it to the largest number of replicas that run at once, for example 8.`,
  );
}
