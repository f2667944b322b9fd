// The invented people of the notes: ten name cultures, three countries. Telephone numbers are from the ranges that
// regulators keep for fiction, e-mail domains from RFC 2606, numbers have valid checksums and belong to nobody.
import { isHealthInsuranceNumber, isNhsNumber, isNpi, isTaxNumber } from '../src/redact/checksums.ts';

export type Country = 'US' | 'UK' | 'DE';

export interface Person {
  readonly country: Country;
  readonly given: string;
  readonly family: string;
  readonly sex: 'F' | 'M';
  /** ISO. */
  readonly born: string;
  readonly age: number;
  readonly relative: { readonly relation: string; readonly name: string };
  readonly clinician: string;
  readonly employer: string;
  readonly street: string;
  readonly city: string;
  readonly postcode: string;
  readonly hospital: string;
  readonly phone: string;
  readonly email: string;
  readonly recordNumber: string;
  readonly planNumber: string;
  readonly stateNumber: string;
  readonly licence: string;
}

const cultures: readonly (readonly [
  given: string,
  family: string,
  sex: 'F' | 'M',
  relation: string,
  relative: string,
])[] = [
  ['Margaret', "O'Hara", 'F', 'son', "Patrick O'Hara"],
  ['José', 'García-Núñez', 'M', 'wife', 'Ana Núñez'],
  ['Oluwaseun', 'Adeyemi', 'M', 'sister', 'Folake Adeyemi'],
  ['Priya', 'Raghunathan', 'F', 'husband', 'Suresh Raghunathan'],
  ['Xiuying', 'Zhang', 'F', 'daughter', 'Mei Zhang'],
  ['Søren', 'Kjærgaard', 'M', 'partner', 'Astrid Holm'],
  ['Fatima', 'al-Masri', 'F', 'brother', 'Yusuf al-Masri'],
  ['Zbigniew', 'Wiśniewski', 'M', 'daughter', 'Agnieszka Wiśniewska'],
  ['Nguyễn', 'Thị Hương', 'F', 'son', 'Nguyễn Văn Minh'],
  ['Annegret', 'Müller-Lüdenscheidt', 'F', 'husband', 'Jürgen Müller'],
];

const givenOf: Record<Country, readonly string[]> = {
  US: [
    'Margaret',
    'José',
    'Oluwaseun',
    'Priya',
    'Xiuying',
    'Søren',
    'Fatima',
    'Zbigniew',
    'Linh',
    'Annegret',
  ],
  UK: ['Siobhán', 'Mateo', 'Ngozi', 'Arjun', 'Haoran', 'Ingrid', 'Omar', 'Katarzyna', 'Tuan', 'Walburga'],
  DE: ['Brendan', 'Lucía', 'Chidi', 'Lakshmi', 'Wei', 'Mikkel', 'Leila', 'Tadeusz', 'Hanh', 'Friedhelm'],
};
const sexOf: Record<Country, string> = { US: 'FMMFFMFMFF', UK: 'FMFMMFMFMF', DE: 'MFMFMMFMFM' };

const places: Record<
  Country,
  readonly (readonly [street: string, city: string, postcode: string, hospital: string])[]
> = {
  US: [
    ['418 Willow Bend Drive', 'Boise, Idaho', '83702', 'Saltbrook Medical Center'],
    ['77 Quarry Lane', 'Dayton, OH', '45402', 'Mercy Ridge Hospital'],
    ['1209 Cedar Mill Road', 'Fresno, CA', '93721', "St. Aldric's Hospital"],
  ],
  UK: [
    ['22 Elm Grove Road', 'Leeds', 'LS6 2AB', "St. Brigid's Hospital"],
    ['9 Harbour Terrace', 'Swansea', 'SA1 1JW', 'Tarrant Vale Infirmary'],
    ['104 Mill Close', 'Norwich', 'NR2 4DX', 'Wensum Park Surgery'],
  ],
  DE: [
    ['Lindenstraße 12', 'Göttingen', '37073', 'Klinikum Am Leinebogen'],
    ['Am Alten Hafen 5', 'Bremen', '28195', 'Krankenhaus Sankt Ansgar'],
    ['Birkenweg 31', 'Jena', '07743', 'Universitätsklinikum Saaletal'],
  ],
};

const clinicians: Record<Country, readonly string[]> = {
  US: ['Dolores Vance', 'Kwame Boateng', 'Lee May', 'Harriet Sloan'],
  UK: ['Anil Kapoor', 'Rhiannon Pugh', 'Tobias Finch', 'Maeve Corrigan'],
  DE: ['Ulrike Brandt', 'Cem Yıldız', 'Gesa Petersen', 'Holger Weidmann'],
};

const employers: Record<Country, readonly string[]> = {
  US: ['Northwind Traders', 'Bluestem Logistics', 'Cascadia Paper Mills'],
  UK: ['Fennimore and Sons', 'Pennine Rail Services', 'Harwick Bakery'],
  DE: ['Halbach Maschinenbau', 'Seefeld Druck', 'Nordkai Spedition'],
};

const digits = (seed: number, count: number): string =>
  Array.from({ length: count }, (_, index) => (seed * 7 + index * 3 + ((seed * (index + 2)) % 5)) % 10).join(
    '',
  );

/** The first number of this form, from a seed on, whose checksum holds. */
function valid(make: (seed: number) => string, holds: (text: string) => boolean, seed: number): string {
  for (let next = seed; ; next++) {
    const candidate = make(next);
    if (holds(candidate)) return candidate;
  }
}

const grouped = (text: string, ...sizes: number[]): string => {
  let at = 0;
  return sizes.map((size) => text.slice(at, (at += size))).join(' ');
};

const tenDigits = (first: string) => (seed: number) => first + String(100000000 + seed * 7919).slice(-9);

function numbersOf(country: Country, seed: number): Pick<Person, 'planNumber' | 'stateNumber' | 'licence'> {
  if (country === 'US') {
    return {
      stateNumber: `${500 + seed}-${String(20 + (seed % 70))}-${digits(seed, 4).replace('0000', '1234')}`,
      planNumber: `BCBS-${digits(seed, 3)}-${digits(seed + 1, 4)}-${digits(seed + 2, 2)}`,
      licence: valid(tenDigits('1'), isNpi, seed * 31),
    };
  }
  if (country === 'UK') {
    return {
      stateNumber: grouped(valid(tenDigits('9'), isNhsNumber, seed * 17), 3, 3, 4),
      planNumber: `BX${digits(seed, 7)}`,
      licence: `70${digits(seed, 5)}`,
    };
  }
  return {
    stateNumber: grouped(
      valid((n) => String(47000000000 + n * 104729).slice(0, 11), isTaxNumber, seed * 13),
      2,
      3,
      3,
      3,
    ),
    planNumber: valid(
      (n) => `${String.fromCharCode(65 + (seed % 26))}${String(100000000 + n * 6151)}`,
      isHealthInsuranceNumber,
      seed * 23,
    ),
    licence: `3${digits(seed, 8)}`,
  };
}

const phoneOf = (country: Country, seed: number): string =>
  country === 'US'
    ? `(208) 555-01${String(seed % 100).padStart(2, '0')}`
    : country === 'UK'
      ? `01632 960${String(seed % 1000).padStart(3, '0')}`
      : `030 23125 ${String(seed % 1000).padStart(3, '0')}`;

/** A person of each culture in each country. `set` is 0 for the notes the recognizers were made with, 1 for the second set. */
export function personOf(culture: number, country: Country, set = 0): Person {
  const seed = culture * 3 + ['US', 'UK', 'DE'].indexOf(country) + 1 + set * 40;
  const [, family = '', , relation = '', relative = ''] = cultures[culture] ?? [];
  const given = givenOf[country][culture] ?? '';
  const [street = '', city = '', postcode = '', hospital = ''] = places[country][(culture + set) % 3] ?? [];
  const age = culture === 5 || culture === 7 ? 91 + culture : 28 + ((seed * 11) % 58);
  const month = String(1 + (seed % 12)).padStart(2, '0');
  const day = String(1 + ((seed * 5) % 28)).padStart(2, '0');
  return {
    country,
    given,
    family,
    sex: sexOf[country][culture] === 'M' ? 'M' : 'F',
    born: `${2026 - age}-${month}-${day}`,
    age,
    relative: { relation, name: relative },
    clinician: clinicians[country][(culture + set) % 4] ?? '',
    employer: employers[country][(culture + set) % 3] ?? '',
    street,
    city,
    postcode,
    hospital,
    phone: phoneOf(country, seed),
    email:
      `${given}.${family}`
        .normalize('NFKD')
        .replace(/[^A-Za-z.]/g, '')
        .toLowerCase() + '@example.org',
    recordNumber: `${country === 'DE' ? 'F' : ''}00${digits(seed, 6)}`,
    ...numbersOf(country, seed),
  };
}
