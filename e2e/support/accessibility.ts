import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Nothing that axe calls a violation, inside our own part of the page. */
export async function expectAccessible( page: Page, selector: string | string[] ): Promise< void > {
	const { violations, passes } = await new AxeBuilder( { page } ).include( selector ).analyze();
	expect( violations.map( ( { id, nodes } ) => `${ id }: ${ nodes.map( ( { html } ) => html.slice( 0, 200 ) ).join( ' | ' ) }` ) ).toEqual( [] );
	expect( passes.length ).toBeGreaterThan( 0 );
}
