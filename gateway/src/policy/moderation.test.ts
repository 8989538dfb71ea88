import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { createTestSite } from '../../test/test-site.ts';
import { createLogger } from '../observability/logger.ts';
import { silentMeter } from '../observability/meter.ts';
import { Moderation } from './moderation.ts';

const rules = { patterns: [], url: 'https://api.test/v1/moderations', model: 'omni-moderation-latest', on_error: 'block' as const };
const { site } = createTestSite( { moderation: rules, moderation_key: 'sk-1' } );

/** Answers in OpenAI's own form. */
function answering( status: number, body: unknown ) {
	const outcomes: string[] = [];
	const asked: { url: unknown; init: RequestInit | undefined }[] = [];
	const clock = new ManualClock();
	const fetch = async ( url: unknown, init?: RequestInit ) => {
		asked.push( { url, init } );
		return new Response( JSON.stringify( body ), { status } );
	};
	const meter = { ...silentMeter, moderated: ( { outcome }: { outcome: string } ) => void outcomes.push( outcome ) };
	return { asked, outcomes, moderation: new Moderation( { fetch: fetch as typeof globalThis.fetch, clock, logger: createLogger( 'silent' ), meter } ) };
}

const flagged = ( ...flags: boolean[] ) => ( {
	id: 'modr-1', model: 'omni-moderation-latest', results: flags.map( ( flag ) => ( { flagged: flag, categories: { violence: flag }, category_scores: { violence: 0.5 } } ) ),
} );

describe( 'a moderation endpoint', () => {
	it( 'is asked about every text, with the key of the site', async () => {
		const { asked, moderation } = answering( 200, flagged( false, true ) );
		expect( await moderation.check( site, [ 'one', 'two' ] ) ).toBe( 'blocked' );
		expect( asked[ 0 ]?.url ).toBe( rules.url );
		expect( asked[ 0 ]?.init?.headers ).toMatchObject( { authorization: 'Bearer sk-1' } );
		expect( JSON.parse( String( asked[ 0 ]?.init?.body ) ) ).toEqual( { model: 'omni-moderation-latest', input: [ 'one', 'two' ] } );
		expect( await answering( 200, flagged( false, false ) ).moderation.check( site, [ 'one', 'two' ] ) ).toBe( 'allowed' );
	} );

	it.each< [ string, number, unknown ] >( [ [ 'refuses', 429, {} ], [ 'fails', 500, flagged( false ) ], [ 'answers something else', 200, { results: [] } ], [ 'looks at something else', 200, flagged( false, false ) ] ] )(
		'that %s leaves open what may be sent', async ( _what, status, body ) => {
			expect( await answering( status, body ).moderation.check( site, [ 'one' ] ) ).toBe( 'unknown' );
			const lenient = { ...site, moderation: { ...rules, on_error: 'allow' as const } };
			expect( await answering( status, body ).moderation.check( lenient, [ 'one' ] ) ).toBe( 'allowed' );
		}
	);

	it( 'is not asked about a message without a text, such as a picture', async () => {
		const { asked, moderation } = answering( 200, flagged( false ) );
		expect( await moderation.check( site, [ '', 'one', ' \n' ] ) ).toBe( 'allowed' );
		expect( JSON.parse( String( asked[ 0 ]?.init?.body ) ) ).toMatchObject( { input: [ 'one' ] } );
		expect( await moderation.check( site, [ '' ] ) ).toBe( 'allowed' );
		expect( asked ).toHaveLength( 1 );
	} );

	it( 'is waited for, but not for long', async () => {
		const clock = new ManualClock();
		const fetch = ( _url: unknown, init?: RequestInit ) => new Promise( ( _resolve, reject ) => {
			init?.signal?.addEventListener( 'abort', () => reject( new Error( 'aborted' ) ) );
		} );
		const moderation = new Moderation( { fetch: fetch as typeof globalThis.fetch, clock, logger: createLogger( 'silent' ) } );
		const checked = moderation.check( site, [ 'one' ] );
		await clock.advance( 5_000 );
		expect( await checked ).toBe( 'unknown' );
	} );

	it( 'counts what it has checked, by what came of it, and nothing of sites without rules', async () => {
		const { moderation, outcomes } = answering( 200, flagged( false ) );
		await moderation.check( site, [ 'one' ] );
		await moderation.check( { ...site, moderation: { ...rules, patterns: [ 'one' ] } }, [ 'one' ] );
		await moderation.check( createTestSite().site, [ 'one' ] );
		expect( outcomes ).toEqual( [ 'allowed', 'blocked' ] );
		const failing = answering( 500, {} );
		await failing.moderation.check( { ...site, moderation: { ...rules, on_error: 'allow' as const } }, [ 'one' ] );
		expect( failing.outcomes ).toEqual( [ 'failed' ] );
	} );

	it.each( [ 'a BOMB', 'ｂｏｍｂ', 'b\u200bo\u00admb', 'b\u2060omb' ] )( 'sees what a pattern means however it is written: %s', async ( text ) => {
		const { moderation } = answering( 200, flagged( false ) );
		expect( await moderation.check( { ...site, moderation: { ...rules, patterns: [ '\\bbomb' ] } }, [ text ] ) ).toBe( 'blocked' );
	} );

	it( 'is not asked about what a pattern blocks, nor where there are no rules', async () => {
		const { asked, moderation } = answering( 200, flagged( false ) );
		expect( await moderation.check( { ...site, moderation: { ...rules, patterns: [ 'ONE' ] } }, [ 'one' ] ) ).toBe( 'blocked' );
		expect( await moderation.check( createTestSite().site, [ 'one' ] ) ).toBe( 'allowed' );
		expect( asked ).toEqual( [] );
	} );
} );
