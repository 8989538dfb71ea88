import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';

export const BLOCK = 'draftkeeper/product-description';
/** More than a block has. */
const MANY_STOPS = 30;

/** The block editor with one product, by the names that a person reads. */
export class ProductEditor {
	readonly page: Page;

	constructor( page: Page ) {
		this.page = page;
	}

	static async open( page: Page, postId: number ): Promise< ProductEditor > {
		await page.goto( `/wp-admin/post.php?post=${ postId }&action=edit` );
		const editor = new ProductEditor( page );
		await expect( editor.canvas.getByRole( 'textbox', { name: 'Add title' } ) ).toBeVisible();
		return editor;
	}

	/** As a person does it, who leaves although not all is saved: that is also what gives the post free for others. */
	async closeTab(): Promise< void > {
		const { page } = this;
		page.on( 'dialog', ( dialog ) => void dialog.accept() );
		const closed = page.waitForEvent( 'close' );
		await page.close( { runBeforeUnload: true } );
		await closed;
	}

	get canvas(): FrameLocator {
		return this.page.frameLocator( 'iframe[name="editor-canvas"]' );
	}

	/** The block of this plugin, whatever it shows. */
	get block(): Locator {
		return this.canvas.locator( `[data-type="${ BLOCK }"]` );
	}

	button( name: string ): Locator {
		return this.block.getByRole( 'button', { name, exact: true } );
	}

	get original(): Locator {
		return this.block.getByRole( 'region', { name: 'Original' } );
	}

	get suggestion(): Locator {
		return this.block.getByRole( 'region', { name: 'Suggestion' } );
	}

	/** The text of the draft as it would be accepted. */
	get draft(): Locator {
		return this.suggestion.getByRole( 'textbox', { name: /^Suggestion/ } );
	}

	/** The drafts of this product in the sidebar. */
	async openPanel(): Promise< Locator > {
		const settings = this.page.getByRole( 'region', { name: 'Editor settings' } );
		const title = settings.getByRole( 'button', { name: 'Draftkeeper', exact: true } );
		await expect( title ).toBeVisible();
		if ( await title.getAttribute( 'aria-expanded' ) === 'false' ) {
			await title.click();
		}
		return settings;
	}

	/** By the inserter, as everybody finds a block. */
	async insertBlock( title = 'Product description', generate = 'Generate' ): Promise< void > {
		await this.page.getByRole( 'button', { name: 'Block Inserter', exact: true } ).click();
		await this.page.getByRole( 'searchbox', { name: 'Search' } ).fill( title );
		await this.page.getByRole( 'option', { name: title, exact: true } ).click();
		await this.page.getByRole( 'button', { name: 'Block Inserter', exact: true } ).click();
		await expect( this.button( generate ) ).toBeEnabled();
	}

	async generate(): Promise< void > {
		await this.button( 'Generate' ).click();
	}

	/** By the Tab key, as whoever has no mouse gets there. */
	async tabTo( target: Locator ): Promise< void > {
		for ( let presses = 0; presses < MANY_STOPS; presses++ ) {
			if ( await target.evaluate( ( element ) => element === element.ownerDocument.activeElement ) ) {
				return;
			}
			await this.page.keyboard.press( 'Tab' );
		}
		throw new Error( `The Tab key does not lead to ${ target.toString() }.` );
	}

	async save(): Promise< void > {
		await this.page.getByRole( 'region', { name: 'Editor top bar' } ).getByRole( 'button', { name: 'Save', exact: true } ).click();
		await expect( this.page.getByRole( 'button', { name: 'Dismiss this notice' } ).filter( { hasText: /updated|saved/i } ) ).toBeVisible();
	}

	/** Names of the blocks in the post, outermost only. */
	blockNames(): Promise< string[] > {
		return this.page.evaluate( 'wp.data.select( "core/block-editor" ).getBlocks().map( ( { name } ) => name )' );
	}
}
