import { rawHandler, serialize, type Block } from '@wordpress/blocks';

/** Blocks that hold the running text of a page. Pictures, tables and layouts are not a draft's to replace. */
const TEXT_BLOCKS = new Set( [ 'core/paragraph', 'core/heading', 'core/list', 'core/freeform' ] );

export function isTextBlock( block: Block ): boolean {
	return TEXT_BLOCKS.has( block.name ) && serialize( [ block ] ).replace( /<[^>]*>|\s|&nbsp;/g, '' ) !== '';
}

/** Core blocks out of a sanitized draft. */
export function draftBlocks( html: string ): Block[] {
	return rawHandler( { HTML: html } );
}

/** What is replaced by an accepted draft, first the place where it goes. */
export function replacedClientIds( clientId: string, siblings: Block[], placement: 'here' | 'instead' ): string[] {
	if ( placement === 'here' ) {
		return [ clientId ];
	}
	return siblings
		.filter( ( block ) => block.clientId === clientId || isTextBlock( block ) )
		.map( ( block ) => block.clientId );
}
