import type { Page } from '@playwright/test';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fromRoot } from '../../tools/project.ts';

/** Keeps a picture of a state for people to look at; the README's is renewed only on request. */
export async function screenshot( page: Page, name: string, options: { isForReadme?: boolean } = {} ): Promise< void > {
	const path = fromRoot( 'test-results/screenshots', `${ name }.png` );
	await page.screenshot( { path, animations: 'disabled' } );
	if ( options.isForReadme === true && process.env.DRAFTKEEPER_SCREENSHOTS === '1' ) {
		const target = fromRoot( 'docs/images', `${ name }.png` );
		mkdirSync( dirname( target ), { recursive: true } );
		copyFileSync( path, target );
	}
}
