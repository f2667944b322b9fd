/** What a placeholder stands for: `[NAME_1]`. */
export const placeholderKinds = [
  'NAME',
  'PLACE',
  'DATE',
  'AGE',
  'PHONE',
  'FAX',
  'EMAIL',
  'SSN',
  'RECORD',
  'PLAN',
  'ACCOUNT',
  'LICENCE',
  'VEHICLE',
  'DEVICE',
  'URL',
  'IP',
  'ID',
  'EMPLOYER',
] as const;

export type Kind = (typeof placeholderKinds)[number];

/** The paragraph of 45 CFR 164.514(b)(2)(i) that names each kind. */
export const safeHarborCategory: Readonly<Record<Kind, string>> = {
  NAME: 'A names',
  PLACE: 'B places',
  DATE: 'C dates',
  AGE: 'C ages over 89',
  PHONE: 'D telephone numbers',
  FAX: 'E fax numbers',
  EMAIL: 'F email addresses',
  SSN: 'G social security numbers',
  RECORD: 'H medical record numbers',
  PLAN: 'I health plan numbers',
  ACCOUNT: 'J account numbers',
  LICENCE: 'K certificates and licences',
  VEHICLE: 'L vehicles',
  DEVICE: 'M devices',
  URL: 'N web addresses',
  IP: 'O IP addresses',
  ID: 'R other numbers',
  EMPLOYER: 'R employers',
};

/** One per kind and number. The model sees these, never what they stand for. */
export const placeholderPattern: RegExp = new RegExp(`\\[(${placeholderKinds.join('|')})_(\\d+)\\]`, 'g');
