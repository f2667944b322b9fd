/** How many replicas share a store, before the store has counted them. */
interface ReplicaCount {
  /** The number that the operator gave. */
  readonly said: number | undefined;
  /** The assumed number. While the store does not answer, too high a number leaves quota unused, and too low a one uses too much. */
  readonly assumed: number;
}

const variable = 'AOAI_REPLICAS';

/** Assumed when the operator gives no number: enough for most services, and a usable share for a single process. */
const unsaid = 10;

/** @throws RangeError when the option, or the environment variable in its place, is not a positive whole number. */
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
