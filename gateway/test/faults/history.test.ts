import { randomUUID } from 'node:crypto';
import type { Attempt, FinishedJob } from '@draftkeeper/contract';
import { describe, expect, it } from 'vitest';
import { findViolations, type Event } from './history.ts';

const uuid = randomUUID();
const attempt: Attempt = {
	attempt: 1, provider: 'local', model: 'other', status: 'succeeded', error_code: null, tokens_in: 3, tokens_out: 7, cost_micros: 1, cached: false,
	queue_ms: 0, provider_ms: 5, started_at: '2026-03-01T09:30:00Z',
};
const finished: FinishedJob = {
	uuid, request_id: randomUUID(), outcome: { status: 'succeeded', text: 'A text.', sample: false }, attempts: [ attempt ], maybe_billed_twice: false,
	finished_at: '2026-03-01T09:30:00Z',
};
const accepted: Event = { what: 'accepted', uuid };
const called: Event = { what: 'called', uuid, tokens_out: 7 };
const applied: Event = { what: 'delivered', uuid, webhook_id: 'msg_1', applied: true, finished };
const repeated: Event = { ...applied, applied: false };
const books = ( changes: Partial< FinishedJob > = {} ) => new Map( [ [ uuid, { ...finished, ...changes } ] ] );
const lost: Attempt = { ...attempt, status: 'failed', error_code: 'worker_lost', tokens_in: null, tokens_out: null, cost_micros: null };

describe( 'a history', () => {
	it( 'in which everything went well has no violations', () => {
		expect( findViolations( [ accepted, called, applied, repeated ], books() ) ).toEqual( [] );
		const afterCrash = books( { attempts: [ lost, attempt ], maybe_billed_twice: true } );
		expect( findViolations( [ accepted, { ...called, tokens_out: null }, called, applied ], afterCrash ) ).toEqual( [] );
	} );

	it.each< [ string, Event[], Map< string, FinishedJob > ] >( [
		[ 'accepted, but has no end', [ accepted, called ], new Map() ],
		[ 'never accepted', [ called, applied ], books() ],
		[ 'applied 0 times', [ accepted, called ], books() ],
		[ 'applied 2 times', [ accepted, called, applied, applied ], books() ],
		[ 'called 2 times, 1 on the books', [ accepted, called, called, applied ], books( { maybe_billed_twice: true } ) ],
		[ 'called 2 times, but not marked', [ accepted, called, called, applied ], books( { attempts: [ lost, attempt ] } ) ],
		[ 'tokens on the books that no call used', [ accepted, { ...called, tokens_out: 8 }, applied ], books() ],
		[ 'failed, with 1 calls that succeeded', [ accepted, called, applied ], books( { outcome: { status: 'failed', code: 'worker_lost', message: 'Lost.' } } ) ],
	] )( 'is told where it went wrong: %s', ( problem, history, finalBooks ) => {
		expect( findViolations( history, finalBooks ).join( '\n' ) ).toContain( problem );
	} );
} );
