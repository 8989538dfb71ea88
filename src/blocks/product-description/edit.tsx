import { store as blockEditorStore, useBlockProps, useInnerBlocksProps } from '@wordpress/block-editor';
import { serialize, type BlockEditProps } from '@wordpress/blocks';
import { Icon } from '@wordpress/components';
import { useDispatch, useSelect } from '@wordpress/data';
import { useMemo, useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { pencil } from '@wordpress/icons';
import { store as noticesStore } from '@wordpress/notices';
import { QueryClientProvider } from '@tanstack/react-query';
import { getBootstrap } from '../../api/bootstrap';
import { queryClient } from '../../api/query-client';
import { draftText, sanitizeDraft } from '../../ui/sanitize-draft';
import { parseBrief, type Brief } from './brief';
import { DraftFlow, type DraftFlowProps, type Original } from './draft-flow';
import { draftBlocks, isTextBlock, replacedClientIds } from './insert-draft';
import { unavailableReason } from './unavailable-reason';
import { Unavailable } from './unavailable';
import { useBlockRef } from './use-block-ref';
import { useTabStops } from './use-tab-stops';

// A type, because an interface has no index signature.
export type Attributes = {
	ref?: string;
	brief?: object;
};

interface CoreEditorSelectors {
	getCurrentPostId: () => number | string | null;
	getEditedPostAttribute: ( name: 'title' ) => unknown;
}

export function Edit( { attributes, setAttributes, clientId, context, isSelected }: BlockEditProps< Attributes > ) {
	const isUsed = useRef( false );
	isUsed.current ||= isSelected;
	const postId = context[ 'postId' ];
	const postType = context[ 'postType' ];
	const { replaceBlocks } = useDispatch( blockEditorStore );
	const { createSuccessNotice } = useDispatch( noticesStore );
	const { innerBlocks, siblings, isPreview, currentPostId, title } = useSelect( ( select ) => {
		const blocks = select( blockEditorStore );
		// Absent where no post is edited, as among the widgets.
		const editor = select( 'core/editor' ) as CoreEditorSelectors | undefined;
		const settings = blocks.getSettings();
		return {
			innerBlocks: blocks.getBlocks( clientId ),
			siblings: blocks.getBlocks( blocks.getBlockRootClientId( clientId ) ?? '' ),
			isPreview: settings.isPreviewMode ?? settings.__unstableIsPreviewMode ?? false,
			currentPostId: editor?.getCurrentPostId() ?? null,
			title: String( editor?.getEditedPostAttribute( 'title' ) ?? '' ),
		};
	}, [ clientId ] );

	const bootstrap = getBootstrap();
	const reason = isPreview ? null : unavailableReason( bootstrap, { postId, postType, currentPostId } );
	const hasInside = innerBlocks.length > 0;
	const innerBlocksProps = useInnerBlocksProps( { className: 'draftkeeper-inner' }, { renderAppender: false } );
	const inside = hasInside ? <div { ...innerBlocksProps } /> : null;
	const brief = useMemo( () => parseBrief( attributes.brief ), [ attributes.brief ] );

	const original: Original | null = useMemo( () => {
		const blocks = hasInside ? innerBlocks : siblings.filter( isTextBlock );
		if ( blocks.length === 0 ) {
			return null;
		}
		const markup = serialize( blocks );
		const html = sanitizeDraft( markup );
		return { content: <SanitizedHtml html={ html } />, text: draftText( html ), markup, isInside: hasInside };
	}, [ hasInside, innerBlocks, siblings ] );

	function accept( { html, placement }: Parameters< DraftFlowProps[ 'onAccept' ] >[ 0 ] ) {
		const blocks = draftBlocks( html );
		// One action is one step for undo; it also selects the first new block and so brings the focus there.
		replaceBlocks( replacedClientIds( clientId, siblings, placement ), blocks, 0, 0 );
		void createSuccessNotice( __( 'Draft accepted. Save the page to keep it.', 'draftkeeper' ), { type: 'snackbar', id: 'draftkeeper-accepted' } );
	}

	function discard() {
		if ( hasInside ) {
			replaceBlocks( clientId, innerBlocks, 0, 0 );
		}
		void createSuccessNotice( __( 'Draft discarded. Your text is unchanged.', 'draftkeeper' ), { type: 'snackbar', id: 'draftkeeper-discarded' } );
	}

	const flow = {
		bootstrap,
		brief,
		original: original?.isInside ? { ...original, content: inside } : original,
		title,
		isUsed: isUsed.current,
		isSupported: typeof postType === 'string' && bootstrap.post_types.includes( postType ),
		onBriefChange: ( change: Partial< Brief > ) => setAttributes( { brief: withoutUndefined( { ...brief, ...change } ) } ),
		onAccept: accept,
		onDiscard: discard,
	};

	return (
		<div { ...useBlockProps( { className: 'draftkeeper-block alignwide', ref: useTabStops() } ) }>
			<div className="draftkeeper-title">
				<Icon icon={ pencil } size={ 20 } />
				<span>{ __( 'Product description', 'draftkeeper' ) }</span>
			</div>
			{ isPreview && <div className="draftkeeper-flow"><div className="draftkeeper-text">{ inside }</div></div> }
			{ reason && <Unavailable reason={ reason }>{ inside }</Unavailable> }
			{ ! isPreview && ! reason && typeof postId === 'number' && (
				<QueryClientProvider client={ queryClient }>
					<OwnedFlow
						clientId={ clientId }
						blockRef={ attributes.ref }
						setRef={ ( ref ) => setAttributes( { ref } ) }
						postId={ postId }
						{ ...flow }
					/>
				</QueryClientProvider>
			) }
		</div>
	);
}

function OwnedFlow( { clientId, blockRef, setRef, ...flow }: Omit< DraftFlowProps, 'target' > & {
	clientId: string;
	blockRef: string | undefined;
	setRef: ( ref: string ) => void;
} ) {
	const ref = useBlockRef( clientId, blockRef, setRef );
	return ref ? <DraftFlow key={ ref } { ...flow } target={ `block:${ ref }` } /> : null;
}

function SanitizedHtml( { html }: { html: string } ) {
	return <div dangerouslySetInnerHTML={ { __html: sanitizeDraft( html ) } } />;
}

function withoutUndefined( brief: Brief ): object {
	return Object.fromEntries( Object.entries( brief ).filter( ( [ , value ] ) => value !== undefined ) );
}
