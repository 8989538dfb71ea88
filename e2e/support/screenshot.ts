import type { Locator, Page } from '@playwright/test';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fromRoot } from '../../tools/project.ts';

const README_HEIGHT = 1100;

/** Keeps a picture of a state for people to look at. */
export async function screenshot( page: Page, name: string ): Promise< string > {
	const path = fromRoot( 'test-results/screenshots', `${ name }.png` );
	await page.screenshot( { path, animations: 'disabled' } );
	return path;
}

/** The README's picture: the whole block, renewed only on request. */
export async function readmeScreenshot( page: Page, block: Locator, name: string ): Promise< void > {
	const size = page.viewportSize();
	await page.setViewportSize( { width: size?.width ?? 0, height: README_HEIGHT } );
	await block.evaluate( ( element ) => element.scrollIntoView( { block: 'center' } ) );
	const path = await screenshot( page, name );
	if ( size !== null ) {
		await page.setViewportSize( size );
	}
	if ( process.env.DRAFTKEEPER_SCREENSHOTS === '1' ) {
		const target = fromRoot( 'docs/images', `${ name }.png` );
		mkdirSync( dirname( target ), { recursive: true } );
		copyFileSync( path, target );
	}
}
