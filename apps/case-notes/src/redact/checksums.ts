/** UK NHS number: ten digits, the last by modulus 11. */
export function isNhsNumber(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length !== 10) return false;
  const sum = digits.slice(0, 9).reduce((total, digit, index) => total + digit * (10 - index), 0);
  const check = 11 - (sum % 11);
  return check !== 10 && (check === 11 ? 0 : check) === digits[9];
}

/** US National Provider Identifier: ten digits, Luhn with the prefix 80840. */
export function isNpi(text: string): boolean {
  const digits = digitsOf(text);
  return digits.length === 10 && luhn([8, 0, 8, 4, 0, ...digits]);
}

/** US Drug Enforcement Administration number: two letters, seven digits, the last by weights 1 and 2. */
export function isDeaNumber(text: string): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, check] = digitsOf(text);
  return (a + c + e + 2 * (b + d + f)) % 10 === check;
}

/** German Krankenversichertennummer: a letter and nine digits, the last by weights 1 and 2. */
export function isHealthInsuranceNumber(text: string): boolean {
  const letter = text.trim().toUpperCase().charCodeAt(0) - 64;
  const digits = digitsOf(text);
  if (digits.length !== 9 || letter < 1 || letter > 26) return false;
  const all = [Math.floor(letter / 10), letter % 10, ...digits.slice(0, 8)];
  const sum = all.reduce((total, digit, index) => total + crossSum(digit * (index % 2 === 0 ? 1 : 2)), 0);
  return sum % 10 === digits[8];
}

/** German tax identification number: eleven digits, ISO 7064 MOD 11,10. */
export function isTaxNumber(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length !== 11 || digits[0] === 0) return false;
  const product = digits.slice(0, 10).reduce((last, digit) => {
    const sum = (digit + last) % 10 || 10;
    return (sum * 2) % 11;
  }, 10);
  return (11 - product) % 10 === digits[10];
}

/** Vehicle identification number of North America: 17 characters, the ninth by modulus 11. */
export function isVin(text: string): boolean {
  const values = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ';
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  const sum = Array.from(text.toUpperCase()).reduce(
    (total, letter, index) => total + (values.indexOf(letter) % 10) * (weights[index] ?? 0),
    0,
  );
  return text.length === 17 && '0123456789X'[sum % 11] === text[8]?.toUpperCase();
}

function luhn(digits: readonly number[]): boolean {
  const sum = digits
    .toReversed()
    .reduce((total, digit, index) => total + (index % 2 ? crossSum(digit * 2) : digit), 0);
  return sum % 10 === 0;
}

function crossSum(value: number): number {
  return value > 9 ? value - 9 : value;
}

function digitsOf(text: string): number[] {
  return Array.from(text.replace(/\D/g, ''), Number);
}
