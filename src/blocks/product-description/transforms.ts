import { createBlock, type Block } from '@wordpress/blocks';

const NAME = 'draftkeeper/product-description';

/** Text that is already there becomes the original; ungrouping gives it back. */
export const transforms = {
	from: [
		{
			type: 'block',
			isMultiBlock: true,
			blocks: [ 'core/paragraph', 'core/heading', 'core/list' ],
			__experimentalConvert: ( blocks: Block | Block[] ) => createBlock(
				NAME,
				{},
				[ blocks ].flat().map( ( block ) => createBlock( block.name, block.attributes, block.innerBlocks ) )
			),
		},
	],
	to: [
		{
			type: 'block',
			blocks: [ 'core/group' ],
			transform: ( _attributes: unknown, innerBlocks: Block[] ) => createBlock( 'core/group', {}, innerBlocks ),
		},
	],
	ungroup: ( _attributes: unknown, innerBlocks: Block[] ) => innerBlocks,
};
