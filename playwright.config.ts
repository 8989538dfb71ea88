import { defineConfig } from '@playwright/test';

// Far above what anything needs: a busy machine is no failure.
const TEST_TIMEOUT_MS = 300_000;
const EXPECT_TIMEOUT_MS = 60_000;
const ACTION_TIMEOUT_MS = 60_000;
const NAVIGATION_TIMEOUT_MS = 90_000;

/** One site for all specs, so one at a time. The site is a fixture (e2e/support/fixtures.ts), because specs stop and start its gateway. */
export default defineConfig( {
	testDir: 'e2e',
	outputDir: 'test-results/e2e',
	workers: 1,
	retries: 0,
	forbidOnly: process.env.CI !== undefined,
	timeout: TEST_TIMEOUT_MS,
	expect: { timeout: EXPECT_TIMEOUT_MS },
	reporter: 'line',
	use: {
		actionTimeout: ACTION_TIMEOUT_MS,
		navigationTimeout: NAVIGATION_TIMEOUT_MS,
		viewport: { width: 1400, height: 900 },
		locale: 'en-US',
		trace: 'retain-on-failure',
		screenshot: 'only-on-failure',
		launchOptions: {
			...( process.env.CHROMIUM === undefined ? {} : { executablePath: process.env.CHROMIUM } ),
			args: [ '--no-sandbox' ],
		},
	},
} );
