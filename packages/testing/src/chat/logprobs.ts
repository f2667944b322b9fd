/** Log probability of one token, as `logprobs.content` has it. */
export interface TokenLogprob {
  readonly bytes: readonly number[];
  readonly logprob: number;
  readonly token: string;
  readonly top_logprobs?: readonly TokenLogprob[];
}

/** Log probabilities of `tokens`, each with `top` alternatives. They depend on the tokens only. */
export function logprobsOf(tokens: readonly string[], top: number): TokenLogprob[] {
  return tokens.map((token) => {
    const chosen = entry(token, logprob(token, 0));
    const others = Array.from({ length: Math.max(0, top - 1) }, (_, rank) =>
      entry(alternative(token, rank), chosen.logprob - 1 - rank),
    );
    return { ...chosen, top_logprobs: top === 0 ? [] : [chosen, ...others] };
  });
}

function entry(token: string, value: number): TokenLogprob {
  return { bytes: [...Buffer.from(token)], logprob: value, token };
}

/** Between −1 and 0, as from a model that is fairly sure. */
function logprob(token: string, salt: number): number {
  let mixed = salt;
  for (let index = 0; index < token.length; index += 1) mixed = (mixed * 31 + token.charCodeAt(index)) % 9973;
  return -Math.round((mixed / 9973) * 1e6) / 1e6;
}

const substitutes = [' the', ' a', ',', '.', ' and', ' of', ' to', ' in', ' is', '\n'];

function alternative(token: string, rank: number): string {
  const usable = substitutes.filter((substitute) => substitute !== token);
  return usable[rank % usable.length] ?? ' ';
}
