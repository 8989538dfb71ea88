import { Button } from '@wordpress/components';
import { useDispatch, useSelect } from '@wordpress/data';
import { humanTimeDiff } from '@wordpress/date';
import { useEffect, useRef } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { pencil } from '@wordpress/icons';
import { store as noticesStore } from '@wordpress/notices';
import type { Job } from '@draftkeeper/contract';
import { isWaitingDraft } from '../api/jobs';
import { jobStatusText } from '../ui/job-status';
import { addProductDescription, findDraftBlock, showDraft } from './show-draft';
import { blockRef, usePostDrafts } from './post-drafts';

const NOTICE = 'draftkeeper-waiting';

interface CoreEditorSelectors {
	getCurrentPostId: () => number | string | null;
	getCurrentPostType: () => string | null;
}

interface CommandActions {
	registerCommand: ( command: { name: string; label: string; icon: unknown; callback: ( close: { close: () => void } ) => void } ) => void;
	unregisterCommand: ( name: string ) => void;
}

/** The drafts of this page in the sidebar, also those whose block was never saved. */
export function DocumentPanel( { postTypes }: { postTypes: string[] } ) {
	const { postId, postType } = useSelect( ( select ) => {
		const editor = select( 'core/editor' ) as CoreEditorSelectors;
		return { postId: editor.getCurrentPostId(), postType: editor.getCurrentPostType() };
	}, [] );
	const isPage = typeof postId === 'number' && postType !== null;
	const drafts = usePostDrafts( isPage ? postId : null );
	useWaitingNotice( drafts );
	useCommand( isPage );

	const Panel = window.wp?.editor?.PluginDocumentSettingPanel;
	if ( ! Panel || ! isPage || ( drafts.length === 0 && ! postTypes.includes( postType ) ) ) {
		return null;
	}
	return (
		<Panel name="drafts" title={ __( 'Draftkeeper', 'draftkeeper' ) }>
			{ drafts.length === 0 ? (
				<>
					<p className="draftkeeper-panel__empty">{ __( 'No draft is waiting for this product.', 'draftkeeper' ) }</p>
					<Button __next40pxDefaultSize variant="secondary" icon={ pencil } onClick={ addProductDescription }>
						{ __( 'Write a description', 'draftkeeper' ) }
					</Button>
				</>
			) : (
				<ul className="draftkeeper-panel">
					{ drafts.map( ( job ) => <DraftItem key={ job.uuid } job={ job } /> ) }
				</ul>
			) }
		</Panel>
	);
}

function DraftItem( { job }: { job: Job } ) {
	const ref = blockRef( job );
	const name = job.request?.input.facts.name;
	return (
		<li className="draftkeeper-panel__item">
			<p className="draftkeeper-panel__name">{ name ?? __( 'Product description', 'draftkeeper' ) }</p>
			<p className="draftkeeper-panel__state" role="status">{ jobStatusText( job ) }</p>
			<p className="draftkeeper-panel__meta">
				{ [ job.user?.name, humanTimeDiff( job.created_at, undefined ) ].filter( Boolean ).join( ' · ' ) }
			</p>
			{ ref && (
				<Button
					variant="secondary"
					size="compact"
					/* translators: %s: name of a product */
					aria-label={ name ? sprintf( __( 'Show draft: %s', 'draftkeeper' ), name ) : undefined }
					onClick={ () => showDraft( ref ) }
				>
					{ __( 'Show draft', 'draftkeeper' ) }
				</Button>
			) }
		</li>
	);
}

/** Once per load, unless its block is on the page and has been watched: in a closed sidebar a draft is easy to miss. */
function useWaitingNotice( drafts: Job[] ): void {
	const { createInfoNotice, removeNotice } = useDispatch( noticesStore );
	const isTold = useRef( false );
	const watched = useRef( new Set< string >() );
	for ( const job of drafts.filter( ( { status } ) => status === 'pending' || status === 'running' ) ) {
		watched.current.add( job.uuid );
	}
	const waiting = drafts.find( isWaitingDraft );
	const ref = waiting ? blockRef( waiting ) : null;
	const wasWatched = waiting !== undefined && watched.current.has( waiting.uuid );
	useEffect( () => {
		if ( ! ref && isTold.current ) {
			void removeNotice( NOTICE );
		}
		if ( ! ref || isTold.current || ( wasWatched && findDraftBlock( ref ) ) ) {
			return;
		}
		isTold.current = true;
		void createInfoNotice( __( 'A draft is waiting for this product.', 'draftkeeper' ), {
			id: NOTICE,
			isDismissible: true,
			actions: [ {
				label: __( 'Show draft', 'draftkeeper' ),
				onClick: () => {
					showDraft( ref );
					void removeNotice( NOTICE );
				},
			} ],
		} );
	}, [ ref, wasWatched, createInfoNotice, removeNotice ] );
}

/** The command palette is a store of its own, which not every editor has. */
function useCommand( isPage: boolean ): void {
	const commands = useDispatch( 'core/commands' ) as CommandActions | undefined;
	useEffect( () => {
		if ( ! isPage || ! commands?.registerCommand ) {
			return undefined;
		}
		const name = 'draftkeeper/product-description';
		commands.registerCommand( {
			name,
			label: __( 'Write a product description', 'draftkeeper' ),
			icon: pencil,
			callback: ( { close } ) => {
				addProductDescription();
				close();
			},
		} );
		return () => commands.unregisterCommand( name );
		// The actions of a store are the same for ever; useDispatch may hand out a new object.
		// eslint-disable-next-line react-hooks/exhaustive-deps -- see above
	}, [ isPage ] );
}
