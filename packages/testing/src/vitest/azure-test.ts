import { test as base, type TestAPI } from 'vitest';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';
import type { FindingRule } from '../verdict/finding.ts';

/** The fixtures of `azureTest`. */
export interface AzureFixtures<Name extends string = string> {
  /** A separate mock for each test, closed afterwards. */
  readonly azure: MockAzure<Name>;
}

export interface AzureTestOptions<Name extends string = string> extends MockAzureOptions<Name> {
  /** Mistakes that the callers of these tests may make. @default none */
  readonly allow?: readonly FindingRule[];
  /** Whether scripted answers and faults may be unused. @default false */
  readonly allowUnconsumed?: boolean;
}

/**
 * A vitest `test` with a mock Azure as its fixture `azure`. A test that passed by itself still fails when the callers
 * did something wrong (`azure.verdict()`), or when scripted answers were not used (`azure.assertConsumed()`).
 */
export function azureTest<Name extends string = string>(
  options: AzureTestOptions<Name> = {},
): TestAPI<AzureFixtures<Name>> {
  const { allow = [], allowUnconsumed = false, ...settings } = options;
  return base.extend<AzureFixtures<Name>>({
    // vitest reads the names of the fixtures that are needed from this pattern.
    azure: async ({ task }, use) => {
      const azure = await startMockAzure<Name>(settings);
      try {
        await use(azure);
        // A test that already failed keeps its own error.
        if (task.result?.state === 'fail') return;
        const findings = azure.verdict().filter(({ rule }) => !allow.includes(rule));
        if (findings.length > 0) throw new Error(findingsMessage(findings));
        if (!allowUnconsumed) azure.assertConsumed();
      } finally {
        await azure.close();
      }
    },
  });
}

function findingsMessage(findings: readonly { readonly rule: string; readonly message: string }[]): string {
  const lines = findings.map(({ rule, message }) => `  ${rule}: ${message}`);
  return `The callers did something wrong:\n${lines.join('\n')}\nMend the callers, or name the rules in \`allow\`.`;
}
