import { InnerBlocks } from '@wordpress/block-editor';
import { registerBlockType, type BlockConfiguration } from '@wordpress/blocks';
import { pencil } from '@wordpress/icons';
import metadata from '../../block.json';
import { getBootstrap } from '../api/bootstrap';
import { Edit, type Attributes } from './product-description/edit';
import { transforms } from './product-description/transforms';
import './product-description/product-description.scss';

/** A site that has switched AI off offers no new ones; those that are there still show, and give their text back. */
const isOff = window.draftkeeper !== undefined && getBootstrap().state === 'ai_disabled';

registerBlockType< Attributes >( metadata as unknown as BlockConfiguration< Attributes >, {
	icon: pencil,
	edit: Edit,
	// Only the original: a page without this plugin shows what it showed before.
	save: () => <InnerBlocks.Content />,
	supports: { ...metadata.supports, inserter: ! isOff },
	transforms: isOff ? { ...transforms, from: [] } : transforms,
} as unknown as Partial< BlockConfiguration< Attributes > > );
