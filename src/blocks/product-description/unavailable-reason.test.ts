import type { Bootstrap } from '@draftkeeper/contract';
import { describe, expect, it } from 'vitest';
import { unavailableReason } from './unavailable-reason';

const ready: Bootstrap = {
	state: 'ready', can: { generate: true, view_usage: false, manage: false }, user_id: 1, post_types: [], models: [], connect_url: null, limits_url: null, export_url: null,
};
const post = { postId: 12, postType: 'product', currentPostId: 12 };

describe( 'unavailableReason', () => {
	it( 'is none on a page of one’s own, connected or not', () => {
		expect( unavailableReason( ready, post ) ).toBeNull();
		expect( unavailableReason( { ...ready, state: 'not_connected' }, post ) ).toBeNull();
	} );

	it.each( [
		[ 'a widget area', { postId: undefined, postType: undefined, currentPostId: null } ],
		[ 'a template', { postId: 'theme//single', postType: 'wp_template', currentPostId: 'theme//single' } ],
		[ 'a pattern', { postId: 4, postType: 'wp_block', currentPostId: 4 } ],
		[ 'a post without an id', { postId: 0, postType: 'post', currentPostId: 0 } ],
	] )( 'is the missing page in %s', ( _, context ) => {
		expect( unavailableReason( ready, context ) ).toBe( 'no_post' );
	} );

	it( 'is the other page in a list of posts', () => {
		expect( unavailableReason( ready, { ...post, postId: 13 } ) ).toBe( 'other_post' );
	} );

	it( 'is the site before the person, the person before the place', () => {
		const nobody = { ...ready, can: { ...ready.can, generate: false } };
		expect( unavailableReason( { ...nobody, state: 'ai_disabled' }, post ) ).toBe( 'ai_disabled' );
		expect( unavailableReason( nobody, { ...post, postId: undefined } ) ).toBe( 'no_capability' );
	} );
} );
