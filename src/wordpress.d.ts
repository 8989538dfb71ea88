/**
 * What WordPress supplies at run time and what is too large to install for its types alone.
 * Only what we use is declared.
 */
declare module '@wordpress/block-editor' {
	import type { ComponentType, HTMLAttributes, ReactNode, Ref } from 'react';
	import type { Block } from '@wordpress/blocks';
	import type { StoreDescriptor } from '@wordpress/data';

	type BlockProps = HTMLAttributes< HTMLDivElement > & { ref?: Ref< HTMLDivElement > };

	interface BlockEditorSelectors {
		getBlock: ( clientId: string ) => Block | null;
		getBlocks: ( rootClientId?: string ) => Block[];
		getBlockRootClientId: ( clientId: string ) => string | null;
		getClientIdsWithDescendants: () => string[];
		getBlockName: ( clientId: string ) => string | null;
		getBlockAttributes: ( clientId: string ) => Record< string, unknown > | null;
		getSettings: () => { isPreviewMode?: boolean; __unstableIsPreviewMode?: boolean };
	}

	interface BlockEditorActions {
		replaceBlocks: (
			clientIds: string | string[],
			blocks: Block | Block[],
			indexToSelect?: number,
			initialPosition?: number
		) => void;
		insertBlocks: ( blocks: Block | Block[], index?: number, rootClientId?: string ) => void;
		selectBlock: ( clientId: string, initialPosition?: number ) => void;
		__unstableMarkNextChangeAsNotPersistent: () => void;
	}

	export const store: StoreDescriptor< {
		reducer: ( state: unknown ) => unknown;
		selectors: { [ Name in keyof BlockEditorSelectors ]:
			( state: unknown, ...parameters: Parameters< BlockEditorSelectors[ Name ] > ) => ReturnType< BlockEditorSelectors[ Name ] > };
		actions: BlockEditorActions;
	} >;

	export function useBlockProps( props?: BlockProps ): BlockProps;
	export namespace useBlockProps {
		function save( props?: BlockProps ): BlockProps;
	}
	export function useInnerBlocksProps( props?: BlockProps, options?: {
		renderAppender?: false | ComponentType;
		templateLock?: false | 'all';
	} ): BlockProps & { children?: ReactNode };
	export namespace useInnerBlocksProps {
		function save( props?: BlockProps ): BlockProps;
	}
	export const InnerBlocks: ComponentType & { Content: ComponentType };
	export const BlockControls: ComponentType< { group?: string; children: ReactNode } >;
	export const InspectorControls: ComponentType< { group?: string; children: ReactNode } >;
}

interface DocumentPanelProps {
	name: string;
	title: string;
	icon?: React.ReactNode;
	children: React.ReactNode;
}

interface Window {
	/** Not imported: a dependency on `wp-editor` is refused in the widgets editor, which loads the same bundle. */
	wp?: { editor?: { PluginDocumentSettingPanel?: React.ComponentType< DocumentPanelProps > } };
}
