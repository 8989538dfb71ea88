import { store as blockEditorStore } from '@wordpress/block-editor';
import { createBlock } from '@wordpress/blocks';
import { dispatch, select } from '@wordpress/data';

const BLOCK = 'draftkeeper/product-description';

/** The block that a draft belongs to, if the page has it. */
export function findDraftBlock( ref: string ): string | undefined {
	const blocks = select( blockEditorStore );
	return blocks.getClientIdsWithDescendants().find( ( id ) =>
		blocks.getBlockName( id ) === BLOCK && blocks.getBlockAttributes( id )?.[ 'ref' ] === ref );
}

/** Takes the reader to the block of a draft; where it was never saved, it is put at the end of the page. */
export function showDraft( ref: string ): void {
	const clientId = findDraftBlock( ref );
	if ( clientId ) {
		void dispatch( blockEditorStore ).selectBlock( clientId );
		return;
	}
	void dispatch( blockEditorStore ).insertBlocks( createBlock( BLOCK, { ref } ) );
}

/** Puts an empty block at the end of the page. */
export function addProductDescription(): void {
	void dispatch( blockEditorStore ).insertBlocks( createBlock( BLOCK ) );
}
