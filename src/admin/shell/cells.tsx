import type { PostLink as Post } from '@draftkeeper/contract';
import { VisuallyHidden } from '@wordpress/components';
import { dateI18n, getSettings } from '@wordpress/date';
import { __, sprintf } from '@wordpress/i18n';

export function Time( { time }: { time: string } ) {
	return <time dateTime={ time }>{ dateI18n( getSettings().formats.datetimeAbbreviated, time, undefined ) }</time>;
}

/** A number, or that nobody knows it. */
export function NumberOr( { value, format }: { value: number | null; format: ( value: number ) => string } ) {
	if ( value !== null ) {
		return <span className="draftkeeper-number">{ format( value ) }</span>;
	}
	return (
		<span className="draftkeeper-unknown">
			<span aria-hidden="true">–</span>
			<VisuallyHidden>{ __( 'Unknown', 'draftkeeper' ) }</VisuallyHidden>
		</span>
	);
}

export function PostLink( { post }: { post: Post | null } ) {
	if ( ! post ) {
		return <span className="draftkeeper-unknown">{ __( 'None', 'draftkeeper' ) }</span>;
	}
	/* translators: %d: id of a page */
	const title = post.title === null ? sprintf( __( 'Page %d', 'draftkeeper' ), post.id ) : post.title || __( '(no title)', 'draftkeeper' );
	return post.edit_url ? <a href={ post.edit_url }>{ title }</a> : <>{ title }</>;
}
