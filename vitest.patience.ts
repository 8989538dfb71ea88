/**
 * How long a test of any project may take, and wait for something, before it counts as hung. Far above what it needs: a busy machine is no failure.
 * What has to be quick is measured by a clock that the test moves.
 */
export const patience = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 30_000 } } };
