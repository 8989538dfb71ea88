import { randomUUID } from 'node:crypto';
import { type Browser, createJob, jobIn } from '../load/browser.ts';
import type { Stack } from '../stack/stack.ts';
import { atOnce, codeOf, countOf, describeStatuses, type RaceResult } from './race.ts';

const TRIES = 50;

/** One click sent fifty times is one job. */
export async function sameKey( stack: Stack, browsers: readonly Browser[] ): Promise< RaceResult > {
	const key = randomUUID();
	const name = `Raced ${ key }`;
	const answers = await atOnce( browsers, Array.from( { length: TRIES }, () => createJob( name, 'sample', key ) ) );
	const uuids = new Set( answers.filter( ( { status } ) => status < 300 ).map( ( answer ) => jobIn( answer ).uuid ) );
	const replays = answers.filter( ( { headers } ) => headers[ 'idempotency-replayed' ] === 'true' ).length;
	const rows = await countRows( stack, name );
	return {
		name: 'same Idempotency-Key',
		tries: TRIES,
		outcome: `${ describeStatuses( answers ) }; ${ rows } row, ${ replays } marked as replays`,
		broken: [
			...( countOf( answers, 201 ) === 1 && countOf( answers, 200 ) === TRIES - 1 ? [] : [ `One 201 and ${ TRIES - 1 } × 200 were due: ${ describeStatuses( answers ) }.` ] ),
			...( uuids.size === 1 ? [] : [ `One key was answered with ${ uuids.size } jobs.` ] ),
			...( rows === 1 ? [] : [ `One key has ${ rows } rows.` ] ),
			...( replays === TRIES - 1 ? [] : [ `${ replays } of ${ TRIES - 1 } repeats say Idempotency-Replayed.` ] ),
		],
	};
}

/** Without a key, the same request of the same user is the same job for a minute. */
export async function sameInput( stack: Stack, browsers: readonly Browser[] ): Promise< RaceResult > {
	const name = `Raced ${ randomUUID() }`;
	const calls = Array.from( { length: TRIES }, () => {
		const call = createJob( name, 'sample' );
		const { 'idempotency-key': _, ...headers } = call.headers ?? {};
		return { ...call, headers };
	} );
	const answers = await atOnce( browsers, calls );
	const uuids = new Set( answers.filter( ( { status } ) => status < 300 ).map( ( answer ) => jobIn( answer ).uuid ) );
	const rows = await countRows( stack, name );
	return {
		name: 'same input, no key',
		tries: TRIES,
		outcome: `${ describeStatuses( answers ) }; ${ rows } row`,
		broken: uuids.size === 1 && rows === 1 && countOf( answers, 201 ) === 1 && countOf( answers, 200 ) === TRIES - 1 ? [] : [ `One job was due: ${ describeStatuses( answers ) }, ${ uuids.size } uuids, ${ rows } rows.` ],
	};
}

/** Two different requests under one key: one becomes the job, every request of the other kind is refused. */
export async function sameKeyOtherBody( stack: Stack, browsers: readonly Browser[] ): Promise< RaceResult > {
	const key = randomUUID();
	const names = [ `Raced ${ key } a`, `Raced ${ key } b` ];
	const answers = await atOnce( browsers, Array.from( { length: TRIES }, ( _, index ) => createJob( names[ index % 2 ] ?? '', 'sample', key ) ) );
	const rows = await countRows( stack, `Raced ${ key }` );
	const refused = answers.filter( ( { status } ) => status === 422 );
	const isRight = countOf( answers, 201 ) === 1 && countOf( answers, 200 ) === TRIES / 2 - 1 && refused.length === TRIES / 2 &&
		refused.every( ( answer ) => codeOf( answer ) === 'idempotency_key_reused' ) && rows === 1;
	return {
		name: 'same key, two bodies',
		tries: TRIES,
		outcome: `${ describeStatuses( answers ) }; ${ rows } row`,
		broken: isRight ? [] : [ `1 × 201, ${ TRIES / 2 - 1 } × 200 and ${ TRIES / 2 } × 422 idempotency_key_reused were due: ${ describeStatuses( answers ) }, ${ rows } rows.` ],
	};
}

async function countRows( stack: Stack, name: string ): Promise< number > {
	return Number( ( await stack.sql( `SELECT COUNT(*) FROM wp_draftkeeper_jobs WHERE request_json LIKE '%${ name }%'` ) )[ 0 ]?.[ 0 ] );
}
