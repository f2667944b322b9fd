/** The four graded categories. */
export type Category = 'hate' | 'self_harm' | 'sexual' | 'violence';

/** The lowest severity that is filtered; `'off'` only annotates. */
export type Threshold = 'low' | 'medium' | 'high' | 'off';

/** What a detector does when it finds something. */
export type Detector = 'block' | 'annotate' | 'off';

/** A content-filter policy (`raiPolicyName` in ARM). */
export interface FilterPolicy {
  /** `'asynchronous'` streams at once and sends the verdicts after the text (docs/wire/streams.md#6.3). @default 'default' */
  readonly mode?: 'default' | 'asynchronous';
  /** Graded categories of prompts. @default medium for each */
  readonly prompt?: Readonly<Partial<Record<Category, Threshold>>>;
  /** Graded categories of answers. @default medium for each */
  readonly completion?: Readonly<Partial<Record<Category, Threshold>>>;
  /** @default 'block' */
  readonly jailbreak?: Detector;
  /** Attacks hidden in documents. @default 'off' */
  readonly indirectAttack?: Detector;
  /** @default 'block' */
  readonly protectedMaterialText?: Detector;
  /** @default 'annotate' */
  readonly protectedMaterialCode?: Detector;
  /** Words and phrases that are filtered from prompts and answers, by the name of their list. */
  readonly blocklists?: Readonly<Record<string, readonly string[]>>;
}

/** The policies of a mock. */
export interface FilterPolicies {
  /** Policies by name: the names that `x-policy-id` accepts. */
  readonly policies?: Readonly<Record<string, FilterPolicy>>;
  /** Names of the policies of deployments. @default 'Microsoft.DefaultV2' for each */
  readonly deployments?: Readonly<Record<string, string>>;
}

const builtIn: Readonly<Record<string, FilterPolicy>> = {
  'Microsoft.Default': {},
  'Microsoft.DefaultV2': {},
  Asynchronous_filter: { mode: 'asynchronous' },
};

/** The policy that a request gets: `asked` in the header `x-policy-id`, else its deployment's own. */
export function choosePolicy(
  { policies = {}, deployments = {} }: FilterPolicies,
  asked: string | undefined,
  deployment: string,
): FilterPolicy {
  for (const name of [asked, deployments[deployment]]) {
    // Names come from callers: `constructor` must not find a policy.
    if (name !== undefined && Object.hasOwn(policies, name)) return policies[name] ?? {};
    if (name !== undefined && Object.hasOwn(builtIn, name)) return builtIn[name] ?? {};
  }
  return policies['Microsoft.DefaultV2'] ?? {};
}
