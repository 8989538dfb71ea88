import { InnerBlocks } from '@wordpress/block-editor';
import { registerBlockType, type BlockConfiguration } from '@wordpress/blocks';
import { pencil } from '@wordpress/icons';
import metadata from '../../block.json';
import { Edit, type Attributes } from './product-description/edit';
import { transforms } from './product-description/transforms';
import './product-description/product-description.scss';

registerBlockType< Attributes >( metadata as unknown as BlockConfiguration< Attributes >, {
	icon: pencil,
	edit: Edit,
	// Only the original: a page without this plugin shows what it showed before.
	save: () => <InnerBlocks.Content />,
	transforms,
} as unknown as Partial< BlockConfiguration< Attributes > > );
