import type { PostLink as Post } from '@draftkeeper/contract';
import { VisuallyHidden } from '@wordpress/components';
import { dateI18n, getSettings } from '@wordpress/date';
import { __, sprintf } from '@wordpress/i18n';

export const formatTime = ( time: string ) => dateI18n( getSettings().formats.datetimeAbbreviated, time, undefined );

export function Time( { time }: { time: string } ) {
	return <time dateTime={ time }>{ formatTime( time ) }</time>;
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

export function postTitle( post: Post | null ): string {
	if ( ! post ) {
		return __( 'None', 'draftkeeper' );
	}
	/* translators: %d: id of a page */
	return post.title === null ? sprintf( __( 'Page %d', 'draftkeeper' ), post.id ) : post.title || __( '(no title)', 'draftkeeper' );
}

export function PostLink( { post }: { post: Post | null } ) {
	if ( ! post ) {
		return <span className="draftkeeper-unknown">{ postTitle( post ) }</span>;
	}
	return post.edit_url ? <a href={ post.edit_url }>{ postTitle( post ) }</a> : <>{ postTitle( post ) }</>;
}
