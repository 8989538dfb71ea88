import type { Draft, Job } from '@draftkeeper/contract';
import { Button, Notice, RadioControl } from '@wordpress/components';
import { dateI18n, getSettings, humanTimeDiff } from '@wordpress/date';
import { useId, useMemo } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { draftText } from '../../ui/sanitize-draft';
import { remainingMarks } from './mark-unknown';
import { Suggestion } from './suggestion';
import { wordCountText } from './word-count';

export type Placement = 'here' | 'instead';
type FinishedJob = Extract< Job, { status: 'succeeded' } >;

const markKinds = (): Record< Draft[ 'marks' ][ number ][ 'kind' ], string > => ( {
	number: __( 'number', 'draftkeeper' ),
	url: __( 'web address', 'draftkeeper' ),
	email: __( 'email address', 'draftkeeper' ),
	phone: __( 'phone number', 'draftkeeper' ),
} );

/** The suggestion with everything somebody needs to judge it. */
export function DraftReview( { job, draft, html, isEdited, originalText, headingId, onChange, onRevert, onLeave, placement, onPlacementChange, revision }: {
	job: FinishedJob;
	draft: Draft;
	/** As it would be accepted now. */
	html: string;
	isEdited: boolean;
	originalText: string;
	headingId: string;
	onChange: ( html: string ) => void;
	onRevert: () => void;
	onLeave: () => void;
	placement: Placement;
	/** Null where there is nothing to choose. */
	onPlacementChange: ( ( placement: Placement ) => void ) | null;
	/** Another one draws the suggestion anew. */
	revision: string;
} ) {
	const hintId = useId();
	const marks = useMemo( () => remainingMarks( draftText( html ), draft.marks ), [ html, draft.marks ] );
	const kinds = markKinds();

	return (
		<>
			{ job.review && (
				<Notice className="draftkeeper-notice" status="info" isDismissible={ false }>
					{ job.review.reviewed_by
						? sprintf(
							/* translators: 1: name of a person, 2: date and time */
							__( '%1$s accepted this draft on %2$s, but it is not on the page: the page was not saved, or the change was undone.', 'draftkeeper' ),
							job.review.reviewed_by.name, dateI18n( getSettings().formats.datetime, job.review.reviewed_at, undefined )
						)
						: __( 'This draft was accepted, but it is not on the page: the page was not saved, or the change was undone.', 'draftkeeper' ) }
				</Notice>
			) }
			<Suggestion
				key={ revision }
				html={ html }
				marks={ draft.marks }
				labelledBy={ `${ headingId } ${ hintId }` }
				onChange={ onChange }
				onLeave={ onLeave }
			/>
			<p className="draftkeeper-hint">
				<span aria-live="polite">{ wordCountText( html, originalText ) }</span>
				{ ' · ' }
				<span id={ hintId }>{ isEdited ? __( 'Edited by you', 'draftkeeper' ) : __( 'You can edit it before you accept', 'draftkeeper' ) }</span>
				{ isEdited && <>{ ' · ' }<Button variant="link" onClick={ onRevert }>{ __( 'Undo my edits', 'draftkeeper' ) }</Button></> }
			</p>
			{ marks.length > 0 && (
				<Notice className="draftkeeper-notice" status="warning" isDismissible={ false } politeness="polite">
					<p className="draftkeeper-notice__text">
						<strong>{ sprintf(
							/* translators: %d: number of statements */
							_n( '%d statement is not in the product facts.', '%d statements are not in the product facts.', marks.length, 'draftkeeper' ),
							marks.length
						) }</strong>{ ' ' }
						{ __( 'Check before you accept:', 'draftkeeper' ) }
					</p>
					<ul className="draftkeeper-marks">
						{ marks.map( ( mark ) => (
							<li key={ mark.text }><mark><bdi>{ mark.text }</bdi></mark> <span>{ kinds[ mark.kind ] }</span></li>
						) ) }
					</ul>
				</Notice>
			) }
			{ draft.sample && (
				<p className="draftkeeper-sample">
					<span className="draftkeeper-badge is-sample">{ __( 'Sample text', 'draftkeeper' ) }</span>{ ' ' }
					{ __( 'Composed from your facts by the built-in sample writer. No language model was asked.', 'draftkeeper' ) }
				</p>
			) }
			{ onPlacementChange && (
				<RadioControl
					className="draftkeeper-placement"
					label={ __( 'This page already has text', 'draftkeeper' ) }
					selected={ placement }
					options={ [
						{ value: 'here', label: __( 'Put the draft here and keep the other text', 'draftkeeper' ) },
						{ value: 'instead', label: __( 'Put the draft in place of the other text', 'draftkeeper' ) },
					] }
					onChange={ ( value ) => onPlacementChange( value === 'instead' ? 'instead' : 'here' ) }
				/>
			) }
			<p className="draftkeeper-hint">{ [
				job.user?.name,
				humanTimeDiff( job.finished_at, undefined ),
				draft.sample ? null : job.model,
			].filter( Boolean ).join( ' · ' ) }</p>
		</>
	);
}
