/** What is asked of the script `reserve`, in the order in which it is sent. */
const reserveQuestion = [
  /** Attempts that wait for permission, the first of them first: `tokens:weighed,…`; may be empty. */
  'attempts',
  'tokenLimit',
  /** Calls in ten seconds. */
  'requestLimit',
  'provisioned',
  'capacity',
  'replica',
  'probeMs',
  /** Names a probe, and the books when there are none. */
  'id',
  /** What was used of the lease, or without the store, and is not in its books: `age:tokens:calls,…`. */
  'report',
  /** Until when somebody waits for the answer, by the server's clock; empty while that is not known. */
  'waitedUntilMs',
  /** Tokens and calls a second that the replica uses: what a lease is made of; 0 for no lease. */
  'tokenRate',
  'callRate',
  /** What the service counted as used, by the headers of answers, and what the books said then: `counted:booked:upTo,…`. */
  'counted',
  /** The replica ends: it gives everything back. */
  'isLeaving',
] as const;

const reserveAnswer = [
  /** `yes`, `no`, or `late`: whoever asked waits no more. */
  'outcome',
  /** How many of the attempts may be made. */
  'granted',
  'reason',
  /** -1: never. */
  'waitMs',
  'serverMs',
  'probe',
  /** Tokens in the books, with what is granted, and all that were ever written into them. */
  'booked',
  'upTo',
  /** Weighed tokens that were ever poured into the bucket. */
  'poured',
  'replicas',
  /** Name of the books: another one means that the server has lost what it knew. */
  'epoch',
  'tokenLimit',
  'requestLimit',
  'leaseTokens',
  'leaseCalls',
  'leaseMs',
  /** What leaves within each twelfth of the window, and later: `1,2,…`, for replicas that have to go on alone. */
  'tokensLeaving',
  'requestsLeaving',
  'circuit',
  'attempts',
  'failures',
  'parkedMs',
  'openMs',
  'free',
] as const;

const settleQuestion = [
  /** When it was reserved, by the server's clock. */
  'reservedAtMs',
  'reservedTokens',
  'reservedWeighed',
  'usedWeighed',
  'countsTokens',
  'countsCall',
  'provisioned',
  'capacity',
  'pouredBefore',
  'probe',
  'id',
  /** Attempts that went well since the last message, up to the window of the circuit. */
  'okBefore',
  'result',
  'parkMs',
  'saidTokenLimit',
  'saidRequestLimit',
  'utilisation',
  'limitHit',
  'failures',
  'window',
  'openMs',
  'maxOpenMs',
  'tokenLimit',
  'requestLimit',
] as const;

const settleAnswer = [
  /** -1 unless the circuit has opened. */
  'openedMs',
  'closed',
  /** -1 unless it is parked for longer than before. */
  'newlyParkedMs',
  'circuit',
  'attempts',
  'failures',
  'parkedMs',
  'openMs',
  'free',
] as const;

/** Every field that is sent to and read from the scripts, named once: the Lua side is generated from these lists. */
const protocol: Protocol = {
  reserve: { question: reserveQuestion, answer: reserveAnswer },
  settle: { question: settleQuestion, answer: settleAnswer },
};

interface Protocol {
  readonly reserve: { readonly question: typeof reserveQuestion; readonly answer: typeof reserveAnswer };
  readonly settle: { readonly question: typeof settleQuestion; readonly answer: typeof settleAnswer };
}

export type ScriptName = keyof Protocol;

/** What a script is asked. `undefined` and `false` are sent as nothing, `true` as `1`. */
export type Question<Name extends ScriptName> = Readonly<
  Record<Protocol[Name]['question'][number], string | number | boolean | undefined>
>;

export type Answer<Name extends ScriptName> = Readonly<Record<Protocol[Name]['answer'][number], string>>;

/** The question as ARGV. */
export function writeQuestion<Name extends ScriptName>(name: Name, question: Question<Name>): string[] {
  const fields = question as Readonly<Record<string, string | number | boolean | undefined>>;
  return protocol[name].question.map((field) => {
    const value = fields[field];
    if (value === undefined || value === false) return '';
    return value === true ? '1' : String(value);
  });
}

/** The answer by names; what the script left out is an empty text. */
export function readAnswer<Name extends ScriptName>(name: Name, answer: unknown): Answer<Name> {
  const values = answer as readonly (string | number | undefined)[];
  const fields = protocol[name].answer.map((field, place) => [field, String(values[place] ?? '')]);
  return Object.fromEntries(fields) as Answer<Name>;
}

/** The beginning of a script: `given.name` for each field of the question, and `reply` for the fields of the answer. */
export function luaPrelude(name: ScriptName): string {
  const list = (fields: readonly string[]) => `{ ${fields.map((field) => `'${field}'`).join(', ')} }`;
  return `
local given = {}
for place, name in ipairs(${list(protocol[name].question)}) do given[name] = ARGV[place] end
local function reply(values)
  local list = {}
  for place, name in ipairs(${list(protocol[name].answer)}) do
    list[place] = values[name] == nil and '' or tostring(values[name])
  end
  return list
end
`;
}
