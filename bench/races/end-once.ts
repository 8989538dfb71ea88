import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Browser, createJob, jobIn, readJob } from '../load/browser.ts';
import type { Stack } from '../stack/stack.ts';
import { atOnce, codeOf, countOf, describeStatuses, type RaceResult } from './race.ts';

const CANCELS = 20;
const REVIEWS = 20;
const END_TIMEOUT_MS = 20_000;
const POLL_MS = 100;

/** Cancels against the result on its way: the job ends once, in one way, and its cost is in the books. */
export async function cancelAgainstResult( stack: Stack, browsers: readonly Browser[] ): Promise< RaceResult > {
	const [ first ] = browsers as [ Browser ];
	// Each on its own connection, so that the sample writer's results come in at the same time.
	const cancels = await Promise.all( Array.from( { length: CANCELS }, async ( _, index ) => {
		const browser = browsers[ index ] ?? first;
		const { uuid } = jobIn( await browser.send( createJob( `Raced ${ randomUUID() }`, 'sample' ) ) );
		return { uuid, answer: await browser.send( { method: 'DELETE', path: `draftkeeper/v1/jobs/${ uuid }` } ) };
	} ) );
	const jobs = cancels.map( ( { uuid } ) => uuid );
	const answers = cancels.map( ( { answer } ) => answer );
	const ended = await Promise.all( jobs.map( ( uuid ) => untilSettled( first, uuid ) ) );
	const broken = answers.flatMap( ( answer, index ) => {
		const status = ended[ index ]?.status;
		const isRight = answer.status === 200 ? status === 'canceled' : answer.status === 409 && codeOf( answer ) === 'job_finished' && status === 'succeeded';
		return isRight ? [] : [ `A cancel was answered ${ answer.status }, and the job is ${ status ?? 'gone' }.` ];
	} );
	const list = jobs.map( ( uuid ) => `'${ uuid }'` ).join( ', ' );
	const unbooked = await stack.sql( `SELECT COUNT(*) FROM wp_draftkeeper_jobs j WHERE j.uuid IN ( ${ list } ) AND j.status = 'succeeded'
		AND NOT EXISTS ( SELECT 1 FROM wp_draftkeeper_usage_log u WHERE u.job_id = j.id )` );
	return {
		name: 'cancel against result',
		tries: CANCELS,
		outcome: `${ describeStatuses( answers ) }; ${ ended.filter( ( job ) => job.status === 'canceled' ).length } canceled, ${ ended.filter( ( job ) => job.status === 'succeeded' ).length } succeeded`,
		broken: [
			...broken,
			...( ended.some( ( job ) => job.cancel_pending ) ? [ 'The gateway has not confirmed every cancel.' ] : [] ),
			...( unbooked[ 0 ]?.[ 0 ] === '0' ? [] : [ `${ unbooked[ 0 ]?.[ 0 ] ?? '?' } results are not in the books.` ] ),
		],
	};
}

/** Twenty decisions about one draft: one counts. */
export async function reviewOnce( stack: Stack, browsers: readonly Browser[] ): Promise< RaceResult > {
	const [ first ] = browsers as [ Browser ];
	const { uuid } = jobIn( await first.send( createJob( `Raced ${ randomUUID() }`, 'sample' ) ) );
	const { version } = await untilSettled( first, uuid );
	const answers = await atOnce( browsers, Array.from( { length: REVIEWS }, ( _, index ) => ( {
		method: 'POST', path: `draftkeeper/v1/jobs/${ uuid }/review`, body: { decision: index % 2 === 0 ? 'accepted' : 'discarded', version },
	} ) ) );
	const [ [ review, stored ] = [] ] = await stack.sql( `SELECT review, version FROM wp_draftkeeper_jobs WHERE uuid = '${ uuid }'` );
	const decisions = new Set( answers.filter( ( answer ) => answer.status === 200 ).map( ( answer ) => {
		const job = jobIn( answer );
		return job.status === 'succeeded' ? job.review?.decision : undefined;
	} ) );
	return {
		name: 'review',
		tries: REVIEWS,
		outcome: `${ describeStatuses( answers ) }; filed: ${ review ?? '?' }`,
		broken: [
			...( countOf( answers, 200 ) >= 1 && countOf( answers, 200 ) + countOf( answers, 409 ) === REVIEWS ? [] : [ `200 and 409 were due: ${ describeStatuses( answers ) }.` ] ),
			...( decisions.size === 1 && decisions.has( review as never ) ? [] : [ `Answers say ${ [ ...decisions ].join( ' and ' ) }, the row says ${ review ?? '?' }.` ] ),
			...( stored === String( version + 1 ) ? [] : [ `The version went from ${ version } to ${ stored ?? '?' } by one review.` ] ),
		],
	};
}

/** Polls as an editor does, until the job has ended and the gateway has confirmed it. */
async function untilSettled( browser: Browser, uuid: string ) {
	const deadline = Date.now() + END_TIMEOUT_MS;
	for ( ;; ) {
		const job = jobIn( await browser.send( readJob( uuid ) ) );
		const isSettled = job.status !== 'pending' && job.status !== 'running' && ! job.cancel_pending;
		if ( isSettled || Date.now() > deadline ) {
			return job;
		}
		await wait( POLL_MS );
	}
}
