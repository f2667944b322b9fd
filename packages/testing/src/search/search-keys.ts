/** Keys of the service. */
export interface SearchKeys {
  readonly adminKey: string;
  readonly queryKey: string;
  readonly isAllowed: boolean;
}
