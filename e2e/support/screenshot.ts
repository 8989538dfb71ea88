import { expect, type Locator, type Page } from '@playwright/test';
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

/** A cookie that turns the site around, without a translation of it (fixtures.ts). */
export const RIGHT_TO_LEFT = 'draftkeeper_right_to_left';
const SMALL = { width: 420, height: 900 };

/** The whole page as it stands, and on a small screen. */
export async function screenshotEverywhere( page: Page, name: string ): Promise< void > {
	const size = page.viewportSize();
	const whole = ( suffix: string ) => page.screenshot( { path: fromRoot( 'test-results/screenshots', `${ name }${ suffix }.png` ), animations: 'disabled', fullPage: true } );
	await whole( '' );
	await page.setViewportSize( SMALL );
	await whole( '-small' );
	// Nothing may push the page wider than the screen.
	expect( await page.evaluate( 'document.querySelector( "#draftkeeper-admin" ).scrollWidth - document.querySelector( "#draftkeeper-admin" ).clientWidth' ) ).toBeLessThanOrEqual( 0 );
	if ( size !== null ) {
		await page.setViewportSize( size );
	}
}

/** The page as it opens where people read from right to left. */
export async function screenshotRightToLeft( page: Page, name: string ): Promise< void > {
	const context = page.context();
	await context.addCookies( [ { name: RIGHT_TO_LEFT, value: '1', url: page.url() } ] );
	const other = await context.newPage();
	await other.goto( page.url() );
	await other.locator( '#draftkeeper-admin h1' ).waitFor();
	await other.waitForLoadState( 'networkidle' );
	expect( await other.evaluate( '[ ...document.styleSheets ].some( ( { href } ) => href?.includes( "index-rtl.css" ) )' ) ).toBe( true );
	await other.screenshot( { path: fromRoot( 'test-results/screenshots', `${ name }-rtl.png` ), animations: 'disabled', fullPage: true } );
	await other.close();
	await context.clearCookies( { name: RIGHT_TO_LEFT } );
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
