import type { Bootstrap } from '@draftkeeper/contract';
import { useQuery } from '@tanstack/react-query';
import { Button, Notice, Spinner } from '@wordpress/components';
import { useEffect, useId, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { KeyboardEvent, ReactNode } from 'react';
import { ApiError } from '../../api/api-error';
import { isTerminal } from '../../api/jobs';
import { myLimitsQuery } from '../../api/limits';
import { ErrorNotice } from '../../ui/error-notice';
import { JobStatus, jobStatusText } from '../../ui/job-status';
import { limitStop } from '../../ui/my-limits';
import { draftText, sanitizeDraft } from '../../ui/sanitize-draft';
import { toJobOptions, toModel, type Brief } from './brief';
import { DraftForm } from './draft-form';
import { DraftReview, type Placement } from './draft-review';
import { generateBlocker } from './generate-blocker';
import { keepEdit, keptEdit } from './kept-edits';
import { LiveDraft } from './live-draft';
import { MyLimitsNote } from './my-limits-note';
import { NotConnected } from './unavailable';
import { useDraft } from './use-draft';
import { useFacts } from './use-facts';

/** The text that a draft is to replace. */
export interface Original {
	/** How it is shown. */
	content: ReactNode;
	text: string;
	/** As it stands in the post, kept for a restore. */
	markup: string;
	/** It is inside the block; else it is the post's other text, which is touched only on request. */
	isInside: boolean;
}

export interface DraftFlowProps {
	bootstrap: Bootstrap;
	postId: number;
	target: string;
	brief: Brief;
	onBriefChange: ( change: Partial< Brief > ) => void;
	/** Somebody has turned to this block: before that it asks the server nothing that only a new draft needs. */
	isUsed: boolean;
	isSupported: boolean;
	title: string;
	original: Original | null;
	onAccept: ( accepted: { html: string; placement: Placement } ) => void;
	onDiscard: () => void;
}

export function DraftFlow( props: DraftFlowProps ) {
	const { bootstrap, brief, original } = props;
	const draft = useDraft( props );
	const facts = useFacts( { ...props, existingText: original?.isInside ? original.text : null } );
	const [ dismissedUuid, setDismissedUuid ] = useState< string | null >( null );
	// Counts what makes the suggestion be drawn anew; typing does not.
	const [ revision, setRevision ] = useState( 0 );
	const [ , setTyped ] = useState( '' );
	const [ placement, setPlacement ] = useState< Placement >( 'here' );
	const [ isInserting, setIsInserting ] = useState( false );
	const root = useRef< HTMLDivElement >( null );
	const suggestionHeading = useRef< HTMLHeadingElement >( null );
	const acceptButton = useRef< HTMLButtonElement >( null );
	const id = useId();

	const job = draft.job?.uuid === dismissedUuid ? null : draft.job;
	const isWorking = draft.isCreating || ( job !== null && ! isTerminal( job ) );
	const finished = ! isWorking && job?.status === 'succeeded' && job.review?.decision !== 'discarded' ? job : null;
	const edited = finished ? keptEdit( finished.uuid ) : null;
	const html = finished?.draft ? edited ?? sanitizeDraft( finished.draft.html ) : '';
	const isEmpty = draftText( html ) === '';
	const limits = useQuery( { ...myLimitsQuery(), enabled: props.isUsed && bootstrap.state === 'ready' } ).data ?? null;
	const blocker = generateBlocker( bootstrap.state, facts.facts, limits && limitStop( limits ) );
	const needsPlacement = original !== null && ! original.isInside;

	// Whoever waited on the Stop button must not find another button under the finger. That button is gone after
	// the commit, so where the focus was is looked up before.
	const hadFocus = useRef( false );
	hadFocus.current = root.current?.contains( root.current.ownerDocument.activeElement ) ?? false;
	const finishedUuid = finished?.uuid ?? null;
	useEffect( () => {
		if ( finishedUuid && hadFocus.current ) {
			suggestionHeading.current?.focus();
		}
	}, [ finishedUuid ] );

	function generate() {
		if ( blocker || isWorking || facts.isLoading ) {
			return;
		}
		setDismissedUuid( null );
		draft.generate( {
			task: 'product_description',
			input: { facts: facts.facts },
			options: toJobOptions( brief ),
			...toModel( brief, bootstrap.models ),
			post_id: props.postId,
			target: props.target,
			// Whoever asks again has seen the draft that there is.
			...( finished ? { cache: 'bypass' as const } : {} ),
		} );
	}

	async function accept() {
		if ( ! finished || isEmpty || draft.isReviewing || isInserting ) {
			return;
		}
		setIsInserting( true );
		const replaced = original && ( original.isInside || placement === 'instead' ) ? { original_text: original.markup } : {};
		try {
			// Accepted before, but lost with an unsaved page: the record stands.
			if ( finished.review === null ) {
				await draft.decide( finished.uuid, {
					version: finished.version,
					...( edited !== null ? { decision: 'edited' as const, final_text: edited } : { decision: 'accepted' as const } ),
					...replaced,
				} );
			}
			props.onAccept( { html, placement: needsPlacement ? placement : 'here' } );
		} catch {
			// Shown from the mutation's state.
		} finally {
			setIsInserting( false );
		}
	}

	async function discard() {
		if ( ! finished ) {
			return;
		}
		try {
			if ( finished.review === null ) {
				await draft.decide( finished.uuid, { decision: 'discarded', version: finished.version } );
			}
			setDismissedUuid( finished.uuid );
			props.onDiscard();
			focusFirstAction();
		} catch {
			// Shown from the mutation's state.
		}
	}

	function type( { uuid, draft: written }: NonNullable< typeof finished >, changed: string ) {
		keepEdit( uuid, written && changed === sanitizeDraft( written.html ) ? null : changed );
		setTyped( changed );
	}

	function focusFirstAction() {
		window.requestAnimationFrame( () => root.current?.querySelector< HTMLButtonElement >( '.draftkeeper-actions button' )?.focus() );
	}

	function onKeyDown( event: KeyboardEvent ) {
		if ( event.key === 'Enter' && ( event.metaKey || event.ctrlKey ) && ! event.nativeEvent.isComposing ) {
			event.preventDefault();
			event.stopPropagation();
			void ( finished ? accept() : generate() );
		}
	}

	const failure = ( error: unknown, onRetry?: () => void ) => error instanceof ApiError &&
		<ErrorNotice failure={ error } { ...( onRetry ? { onRetry } : {} ) } />;

	let body: ReactNode;
	if ( draft.isLooking && ! isWorking && ! finished ) {
		body = <p className="draftkeeper-hint"><Spinner />{ __( 'Looking for a draft of this product…', 'draftkeeper' ) }</p>;
	} else if ( isWorking ) {
		body = (
			<>
				<JobStatus
					text={ draft.isStopping ? __( 'Stopping…', 'draftkeeper' ) : ( job && ! draft.isCreating && jobStatusText( job ) ) || __( 'Sending your request…', 'draftkeeper' ) }
					since={ job && ! draft.isCreating ? job.created_at : null }
				/>
				<LiveDraft job={ draft.isCreating ? null : job } />
				{ failure( draft.pollingError ) }
				{ failure( draft.stoppingError ) }
			</>
		);
	} else if ( finished ) {
		body = finished.draft ? (
			<DraftReview
				job={ isInserting ? { ...finished, review: null } : finished }
				draft={ finished.draft }
				html={ html }
				isEdited={ edited !== null }
				revision={ `${ finished.uuid } ${ revision }` }
				originalText={ original?.text ?? '' }
				headingId={ `${ id }-suggestion` }
				onChange={ ( changed ) => type( finished, changed ) }
				onRevert={ () => {
					keepEdit( finished.uuid, null );
					setRevision( revision + 1 );
				} }
				onLeave={ () => acceptButton.current?.focus() }
				placement={ placement }
				onPlacementChange={ needsPlacement ? setPlacement : null }
			/>
		) : <p>{ __( 'A draft is waiting here, but only its author and people who may edit this page can read it.', 'draftkeeper' ) }</p>;
	} else {
		body = (
			<>
				{ bootstrap.state === 'not_connected' && <NotConnected connectUrl={ bootstrap.connect_url } /> }
				{ failure( draft.lookingError, draft.lookAgain ) }
				{ job?.status === 'failed' && ! draft.creatingError && (
					<ErrorNotice failure={ { ...job.error, requestId: job.request_id } } onRetry={ generate } />
				) }
				{ job?.status === 'canceled' && <Notice className="draftkeeper-notice" status="info" isDismissible={ false }>{ jobStatusText( job ) }</Notice> }
				{ failure( draft.creatingError, generate ) }
				<DraftForm facts={ facts } brief={ brief } models={ bootstrap.models } onBriefChange={ props.onBriefChange } />
				<MyLimitsNote limits={ limits } limitsUrl={ bootstrap.limits_url } />
			</>
		);
	}

	const isReviewable = Boolean( finished?.draft );
	return (
		<div ref={ root } className={ `draftkeeper-flow${ isReviewable ? ' is-comparing' : '' }` } onKeyDown={ onKeyDown } role="presentation">
			{ ( original?.isInside || isReviewable ) && (
				<section className="draftkeeper-side is-original" aria-labelledby={ `${ id }-original` }>
					<h3 className="draftkeeper-heading" id={ `${ id }-original` }>{ __( 'Original', 'draftkeeper' ) }</h3>
					<div className="draftkeeper-text">
						{ original ? original.content : <p className="draftkeeper-hint">{ __( 'This page has no text yet.', 'draftkeeper' ) }</p> }
					</div>
				</section>
			) }
			<section className="draftkeeper-side is-suggestion" { ...( isReviewable ? { 'aria-labelledby': `${ id }-suggestion` } : {} ) }>
				{ isReviewable && (
					<h3 className="draftkeeper-heading" id={ `${ id }-suggestion` } ref={ suggestionHeading } tabIndex={ -1 }>
						{ __( 'Suggestion', 'draftkeeper' ) }
					</h3>
				) }
				<div className="draftkeeper-body">{ body }</div>
			</section>
			<div className="draftkeeper-actions">
				{ ! finished && (
					// One element for both, so that the focus stays when one becomes the other.
					<Button
						__next40pxDefaultSize
						variant={ isWorking ? 'secondary' : 'primary' }
						isBusy={ draft.isStopping }
						accessibleWhenDisabled
						disabled={ isWorking ? draft.isStopping : blocker !== null || facts.isLoading }
						aria-describedby={ ! isWorking && blocker ? `${ id }-blocker` : undefined }
						onClick={ isWorking ? draft.stop : generate }
					>
						{ isWorking ? __( 'Stop', 'draftkeeper' ) : __( 'Generate', 'draftkeeper' ) }
					</Button>
				) }
				{ ! finished && ! isWorking && blocker && <span className="draftkeeper-hint" id={ `${ id }-blocker` }>{ blocker }</span> }
				{ ! finished && ! isWorking && draft.previous && (
					<Button variant="tertiary" onClick={ () => {
						setDismissedUuid( null );
						draft.show( draft.previous!.uuid );
					} }>{ __( 'Show the earlier draft', 'draftkeeper' ) }</Button>
				) }
				{ finished?.draft && (
					<Button
						__next40pxDefaultSize
						ref={ acceptButton }
						variant="primary"
						isBusy={ isInserting }
						accessibleWhenDisabled
						disabled={ isEmpty || isInserting || draft.isReviewing }
						onClick={ accept }
					>
						{ __( 'Accept', 'draftkeeper' ) }
					</Button>
				) }
				{ finished && (
					<>
						<Button
							__next40pxDefaultSize
							variant="secondary"
							accessibleWhenDisabled
							disabled={ blocker !== null || draft.isReviewing || facts.isLoading }
							aria-describedby={ blocker ? `${ id }-blocker` : undefined }
							onClick={ generate }
						>
							{ __( 'Regenerate', 'draftkeeper' ) }
						</Button>
						<Button __next40pxDefaultSize variant="tertiary" isDestructive accessibleWhenDisabled disabled={ draft.isReviewing } onClick={ discard }>
							{ __( 'Discard', 'draftkeeper' ) }
						</Button>
						{ blocker && <span className="draftkeeper-hint" id={ `${ id }-blocker` }>{ blocker }</span> }
					</>
				) }
				{ finished && failure( draft.reviewingError ) }
			</div>
			<div className="draftkeeper-announcement" role="status" aria-live="polite">
				{ finished ? __( 'A draft is ready for your review.', 'draftkeeper' ) : '' }
			</div>
		</div>
	);
}
