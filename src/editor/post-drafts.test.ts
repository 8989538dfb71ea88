import { describe, expect, it } from 'vitest';
import { exampleJob } from '../testing/jobs';
import { blockRef, openDrafts } from './post-drafts';

const uuids = [ 'f47ac10b-58cc-4372-a567-0e02b2c3d471', 'f47ac10b-58cc-4372-a567-0e02b2c3d472', 'f47ac10b-58cc-4372-a567-0e02b2c3d473' ];

describe( 'openDrafts', () => {
	it( 'lists what runs or waits for a review, and nothing that is over', () => {
		const jobs = [
			exampleJob( 'running', { uuid: uuids[ 0 ], target: 'block:a' } ),
			exampleJob( 'succeeded', { uuid: uuids[ 1 ], target: 'block:b', review: null } ),
			exampleJob( 'failed', { uuid: uuids[ 2 ], target: 'block:c' } ),
			exampleJob( 'canceled', { target: 'block:d' } ),
			exampleJob( 'succeeded', { target: 'block:e', review: { decision: 'discarded', reviewed_by: null, reviewed_at: '2026-02-28T09:30:00Z' } } ),
		];
		expect( openDrafts( jobs ).map( blockRef ) ).toEqual( [ 'a', 'b' ] );
	} );

	it( 'counts only the newest job of a block', () => {
		const jobs = [
			exampleJob( 'failed', { uuid: uuids[ 0 ], target: 'block:a' } ),
			exampleJob( 'succeeded', { uuid: uuids[ 1 ], target: 'block:a', review: null } ),
		];
		expect( openDrafts( jobs ) ).toEqual( [] );
	} );

	it( 'leaves jobs with another address alone', () => {
		expect( openDrafts( [ exampleJob( 'running', { target: 'field:excerpt' } ), exampleJob( 'running', { target: null } ) ] ) ).toEqual( [] );
	} );
} );
