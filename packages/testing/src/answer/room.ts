/** Thrown when a schema asks for a value that is too large for an answer. */
export class SchemaTooLargeError extends Error {
  override readonly name = 'SchemaTooLargeError';

  constructor() {
    super(
      `The smallest value of the schema has more than ${characters} characters or ${characters / perValue} parts, which no answer holds. Lower its \`minItems\`, \`minLength\` and the counts in its \`pattern\`.`,
    );
  }
}

const characters = 1_000_000;
/** The cost of finding one value, in characters. */
const perValue = 100;

/** The remaining size of a value. */
export interface Room {
  /** Room for characters. @throws {SchemaTooLargeError} when there is none left. */
  take(count: number): void;
  /** Room for one more value. @throws {SchemaTooLargeError} when there is none left. */
  takeValue(): void;
}

/** Room for one value: `minItems` within `minItems` multiply, so they are counted as they are made. */
export function createRoom(): Room {
  let left = characters;
  const take = (count: number): void => {
    left -= count;
    if (!(left >= 0)) throw new SchemaTooLargeError();
  };
  return {
    take,
    takeValue: () => {
      take(perValue);
    },
  };
}
