import type { Bootstrap } from '@draftkeeper/contract';
import type { UnavailableReason } from './unavailable';

/** Things with an id in the editor that are no page of their own. */
const NO_PAGES = new Set( [ 'wp_template', 'wp_template_part', 'wp_block', 'wp_navigation' ] );

export function unavailableReason(
	bootstrap: Bootstrap,
	{ postId, postType, currentPostId }: { postId: unknown; postType: unknown; currentPostId: number | string | null }
): UnavailableReason | null {
	if ( bootstrap.state === 'ai_disabled' ) {
		return 'ai_disabled';
	}
	if ( ! bootstrap.can.generate ) {
		return 'no_capability';
	}
	if ( typeof postId !== 'number' || postId <= 0 || typeof postType !== 'string' || NO_PAGES.has( postType ) || currentPostId === null ) {
		return 'no_post';
	}
	// In a list of posts each item shows another one than the page that is edited.
	return typeof currentPostId === 'number' && currentPostId !== postId ? 'other_post' : null;
}
