import { expect, test } from 'vitest';
import { isDeaNumber, isHealthInsuranceNumber, isNhsNumber, isNpi, isTaxNumber, isVin } from './checksums.ts';

// The valid ones are the issuers' own published examples.
test.each([
  [isNhsNumber, '943 476 5919', '943 476 5918'],
  [isNpi, '1234567893', '1234567892'],
  [isDeaNumber, 'AB1234563', 'AB1234564'],
  [isHealthInsuranceNumber, 'A123456780', 'A123456781'],
  [isTaxNumber, '86 095 742 719', '86 095 742 718'],
  [isVin, '1M8GDM9AXKP042788', '1M8GDM9A1KP042788'],
])('%o accepts a valid number and refuses a wrong digit', (holds, valid, wrong) => {
  expect(holds(valid)).toBe(true);
  expect(holds(wrong)).toBe(false);
  expect(holds('')).toBe(false);
});
