/** What the values of a schema are drawn from. */
export interface Prompt {
  /** The text that speaks about the values. */
  readonly text: string;
  readonly question: string;
  /** The answer in prose, for a property that asks for it. */
  readonly prose: () => string;
}
