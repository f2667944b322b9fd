/** Fields of a question to the script `reserve`, in the order in which they are sent. */
const reserveQuestion = [
  /** Attempts that wait for permission, in order of arrival: `tokens:weighed,…`; may be empty. */
  'attempts',
  'tokenLimit',
  /** Calls in ten seconds. */
  'requestLimit',
  'provisioned',
  'capacity',
  'replica',
  'probeMs',
  /** Name for a probe, and for the books when they are created. */
  'id',
  /** Usage of the lease, or without the store, that its books do not contain: `age:tokens:calls,…`. */
  'report',
  /** Until when the replica waits for the answer, by the server's clock; empty while that clock is unknown. */
  'waitedUntilMs',
  /** Tokens and calls a second that the replica uses: they decide the size of a lease; 0 for no lease. */
  'tokenRate',
  'callRate',
  /** Usage that the service counted, by the headers of answers, and that of the books at that time: `counted:booked:upTo,…`. */
  'counted',
  /** The replica is closing, and gives everything back. */
  'isLeaving',
] as const;

/** The state of the target, at the end of every answer. */
const targetState = ['circuit', 'attempts', 'failures', 'parkedMs', 'openMs', 'free'] as const;

const reserveAnswer = [
  /** `yes`, `no`, or `late`: the replica no longer waits for the answer. */
  'outcome',
  /** How many of the attempts are granted. */
  'granted',
  'reason',
  /** -1: never. */
  'waitMs',
  'serverMs',
  'probe',
  /** Tokens in the books, those now granted included, and all that were ever recorded. */
  'booked',
  'upTo',
  /** All weighed tokens that were ever added to the bucket. */
  'poured',
  'replicas',
  /** Name of the books. A new name means that the server has lost the earlier books. */
  'epoch',
  'tokenLimit',
  'requestLimit',
  'leaseTokens',
  'leaseCalls',
  'leaseMs',
  /** What leaves within each twelfth of the window, and later: `1,2,…`. A replica needs it when the store stops answering. */
  'tokensLeaving',
  'requestsLeaving',
] as const;

const settleQuestion = [
  /** When the attempt was granted, by the server's clock. */
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
  /** Successful attempts since the last message, at most as many as the window of the circuit. */
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
  /** -1 unless the target is now parked for longer than before. */
  'newlyParkedMs',
] as const;

/** Names of all fields that are sent to the scripts and read from them. The Lua code is generated from these lists. */
const protocol: Protocol = {
  reserve: { question: reserveQuestion, answer: [...reserveAnswer, ...targetState] },
  settle: { question: settleQuestion, answer: [...settleAnswer, ...targetState] },
};

type WithState<Fields extends readonly string[]> = readonly (Fields[number] | (typeof targetState)[number])[];

interface Protocol {
  readonly reserve: {
    readonly question: typeof reserveQuestion;
    readonly answer: WithState<typeof reserveAnswer>;
  };
  readonly settle: {
    readonly question: typeof settleQuestion;
    readonly answer: WithState<typeof settleAnswer>;
  };
}

export type ScriptName = keyof Protocol;

/** A question to a script. `undefined` and `false` are sent as empty texts, `true` as `1`. */
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

/** The answer by names. A field that the script left out is an empty text. */
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
