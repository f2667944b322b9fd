/** Why a command failed that found warnings, and no errors. */
export const byStrict: string = 'failed, as `--strict` counts warnings';
