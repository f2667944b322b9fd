import type { TokenCredential } from '@azure/core-auth';
import type { Mark } from '../clinic.ts';
import type { Kind } from '../redact/kind.ts';

const scope = 'https://cognitiveservices.azure.com/.default';

/** Names of Azure AI Language for what we call otherwise. Everything else it finds is an `ID`. */
const kinds: Readonly<Record<string, Kind>> = {
  Person: 'NAME',
  Address: 'PLACE',
  Organization: 'EMPLOYER',
  DateTime: 'DATE',
  Age: 'AGE',
  PhoneNumber: 'PHONE',
  Email: 'EMAIL',
  URL: 'URL',
  IPAddress: 'IP',
  USSocialSecurityNumber: 'SSN',
  UKNationalInsuranceNumber: 'SSN',
  UKNationalHealthNumber: 'RECORD',
};

interface Analysis {
  readonly results: {
    readonly documents: readonly {
      readonly entities: readonly {
        readonly category: string;
        readonly offset: number;
        readonly length: number;
      }[];
    }[];
    readonly errors: readonly { readonly error: { readonly message: string } }[];
  };
}

/**
 * Asks Azure AI Language for identifiers of health text. **The note itself is sent there**: use a resource in your region, or
 * its container in your house.
 *
 * Source: https://learn.microsoft.com/azure/ai-services/language-service/personally-identifiable-information/how-to/redact-text-pii
 */
export function languageOpinion(endpoint: string, credential: TokenCredential) {
  const url = new URL('/language/:analyze-text?api-version=2024-11-01', endpoint);
  return async (text: string): Promise<Mark[]> => {
    const token = await credential.getToken(scope);
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token?.token ?? ''}` },
      body: JSON.stringify({
        kind: 'PiiEntityRecognition',
        parameters: { domain: 'phi', loggingOptOut: true, stringIndexType: 'Utf16CodeUnit' },
        analysisInput: { documents: [{ id: '1', text }] },
      }),
      signal: AbortSignal.timeout(15_000),
    });
    if (!response.ok) throw new SecondOpinionError(`Azure AI Language answered ${response.status}.`);
    const { results } = (await response.json()) as Analysis;
    if (results.errors.length > 0) throw new SecondOpinionError('Azure AI Language could not read the note.');
    return results.documents.flatMap(({ entities }) =>
      entities
        .filter(({ offset, length }) => offset >= 0 && length > 0 && offset + length <= text.length)
        .map(({ category, offset, length }) => ({
          start: offset,
          end: offset + length,
          kind: kinds[category] ?? 'ID',
        })),
    );
  };
}

/** The second reader did not answer: nothing is sent without it. */
export class SecondOpinionError extends Error {
  override readonly name = 'SecondOpinionError';
  readonly code = 'SECOND_OPINION';

  constructor(what: string) {
    super(`The note was not sent: its second reader failed. ${what} Try again in a moment.`);
  }
}
