import type { APIResponse, Page } from '@playwright/test';

export type Asked = { method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; body?: unknown; raw?: string; nonce?: string | null; headers?: Record< string, string > };

/** Asks the site's REST API as the person whose window this is: with the cookie and a nonce, as the editor does. */
export async function askRest( page: Page, path: string, asked: Asked = {} ): Promise< APIResponse > {
	const nonce = asked.nonce === undefined ? await nonceOf( page ) : asked.nonce;
	const hasBody = asked.raw !== undefined || asked.body !== undefined;
	return page.request.fetch( `/wp-json/draftkeeper/v1${ path }`, {
		method: asked.method ?? 'GET',
		headers: {
			...( nonce === null ? {} : { 'X-WP-Nonce': nonce } ),
			...( hasBody ? { 'Content-Type': 'application/json' } : {} ),
			...asked.headers,
		},
		// As bytes: text that is no JSON would be made into some.
		...( hasBody ? { data: Buffer.from( asked.raw ?? JSON.stringify( asked.body ) ) } : {} ),
	} );
}

export async function nonceOf( page: Page ): Promise< string > {
	return ( await page.request.get( '/wp-admin/admin-ajax.php?action=rest-nonce' ) ).text();
}

/** A whole and valid request for a description of one product. */
export const jobFor = ( postId: number | undefined, name: string, changes: object = {} ) => ( {
	task: 'product_description',
	input: {
		facts: {
			name, sku: null, categories: [ 'Lamps' ], tags: [], attributes: [ { name: 'Height', value: '42', unit: 'cm' } ], price: null, images: [], existing_text: null,
		},
	},
	...( postId === undefined ? {} : { post_id: postId } ),
	...changes,
} );
