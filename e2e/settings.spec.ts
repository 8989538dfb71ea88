import { expectAccessible } from './support/accessibility.ts';
import { expect, test } from './support/fixtures.ts';
import { askRest } from './support/rest.ts';
import { screenshotEverywhere, screenshotRightToLeft } from './support/screenshot.ts';

const PAGE = '/wp-admin/admin.php?page=draftkeeper-settings';

test( 'An administrator sees what constants lock, tests the connection, and sets how long texts are kept', async ( { openAs } ) => {
	const page = await openAs( 'admin' );
	await page.goto( PAGE );
	await expect( page.getByRole( 'heading', { name: 'Settings', level: 1 } ) ).toBeVisible();
	const site = page.getByRole( 'textbox', { name: 'Site ID' } );
	await expect( site ).not.toBeEditable();
	await expect( site ).toHaveAccessibleDescription( /DRAFTKEEPER_SITE_ID/ );
	await expect( page.getByRole( 'listitem' ).filter( { hasText: 'DRAFTKEEPER_SIGNING_KEY' } ) ).toContainText( 'Present' );

	await page.getByRole( 'button', { name: 'Test connection' } ).click();
	await expect( page.getByRole( 'listitem' ).filter( { hasText: 'The gateway of Draftkeeper answers' } ) ).toContainText( 'Good' );

	const days = page.getByRole( 'spinbutton', { name: 'Days to keep texts' } );
	await days.fill( '36501' );
	await page.getByRole( 'button', { name: 'Save changes' } ).click();
	await expect( days ).toBeFocused();
	await expect( days ).toHaveAccessibleDescription( /from 0 to 36500/ );
	await days.fill( '45' );
	await page.getByRole( 'radio', { name: 'Delete everything' } ).check();
	await expect( page.getByText( /Nobody can bring them back/ ).first() ).toBeVisible();
	await expectAccessible( page, '#draftkeeper-admin' );
	await screenshotEverywhere( page, 'settings' );
	await page.getByRole( 'radio', { name: 'Keep the books' } ).check();
	await page.getByRole( 'button', { name: 'Save changes' } ).click();
	await expect( page.getByText( 'Saved.', { exact: true } ) ).toBeVisible();
	await page.reload();
	await screenshotRightToLeft( page, 'settings' );
	await expect( days ).toHaveValue( '45' );
} );

test( 'New keys are shown once, with where each line belongs, and nothing of them stays', async ( { openAs, running } ) => {
	const page = await openAs( 'admin' );
	await page.goto( PAGE );
	await page.getByRole( 'button', { name: 'Make new keys' } ).click();
	await expect( page.getByRole( 'heading', { name: 'New keys' } ) ).toBeFocused();
	const lines = page.getByRole( 'region', { name: /wp-config.php/ } );
	await expect( lines ).toContainText( 'BEGIN PRIVATE KEY' );
	const secret = /whsec_([A-Za-z0-9+/=]+)/.exec( await lines.innerText() )?.[ 1 ] ?? '';
	expect( secret.length ).toBeGreaterThan( 30 );
	await expectAccessible( page, '#draftkeeper-admin' );
	await screenshotEverywhere( page, 'settings-new-keys' );

	await page.getByRole( 'button', { name: /hide the keys/ } ).click();
	await expect( page.getByRole( 'button', { name: 'Make new keys' } ) ).toBeFocused();
	expect( await page.content() ).not.toContain( secret );
	const options = await running.site.runPhp( 'global $wpdb; echo wp_json_encode( $wpdb->get_col( "SELECT option_value FROM {$wpdb->options}" ) );' );
	expect( options ).not.toContain( secret );
} );

test( 'Who may not manage gets neither the page nor the settings', async ( { openAs } ) => {
	const page = await openAs( 'editor' );
	expect( ( await page.request.get( PAGE ) ).status() ).toBe( 403 );
	expect( ( await askRest( page, '/settings' ) ).status() ).toBe( 403 );
	expect( ( await askRest( page, '/settings/keys', { method: 'POST', body: { gateway_url: 'https://g.example', site_id: 's' } } ) ).status() ).toBe( 403 );
} );
