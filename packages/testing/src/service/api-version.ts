// wire.md 2: learn.microsoft.com api-version-lifecycle and api-version-deprecation, read 2026-11-22.

const generallyAvailable = ['2022-12-01', '2023-05-15', '2024-02-01', '2024-06-01', '2024-10-21'];

const previews = [
  '2024-02-15',
  '2024-03-01',
  '2024-04-01',
  '2024-05-01',
  '2024-07-01',
  '2024-08-01',
  '2024-09-01',
  '2024-10-01',
  '2024-12-01',
  '2025-01-01',
  '2025-02-01',
  '2025-03-01',
  '2025-04-01',
];

const served: ReadonlySet<string> = new Set([
  ...generallyAvailable,
  ...previews.map((date) => `${date}-preview`),
]);

/** Whether a dated surface serves `version`. Retired versions are as unknown as misspelt ones. */
export function isServed(version: string): boolean {
  return served.has(version);
}

/** Whether `version` is, or is newer than, the preview or GA version `since`. */
export function hasFeature(version: string, since: string): boolean {
  return version.slice(0, 10) >= since.slice(0, 10);
}
