import { createReduxStore, register } from '@wordpress/data';
import type { ReactNode } from 'react';

/** What the tested hooks use of the block editor, which is not installed. */
export const store = createReduxStore( 'core/block-editor', {
	reducer: ( state: { unmarked: number } = { unmarked: 0 } ) => state,
	actions: { __unstableMarkNextChangeAsNotPersistent: () => ( { type: 'MARK' } ) },
	selectors: {},
} );
register( store );

export const useBlockProps = ( props: object = {} ) => props;
export const useInnerBlocksProps = ( props: object = {} ) => props;
export const BlockControls = ( { children }: { children: ReactNode } ) => <>{ children }</>;
