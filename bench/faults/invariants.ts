import type { Click } from './editors.ts';
import type { GatewayJob, Reservations, SiteJob } from './evidence.ts';

const FINAL = new Set( [ 'succeeded', 'failed', 'canceled' ] );
const MAX_NAMED = 3;

export type Evidence = {
	clicks: readonly Click[]; site: readonly SiteJob[]; gateway: ReadonlyMap< string, GatewayJob >; calls: ReadonlyMap< string, number >;
	reservations: Reservations;
};

type Invariant = { name: string; breaches: ( evidence: Evidence ) => string[] };

/** What must hold however the servers died. */
export const invariants: readonly Invariant[] = [
	{
		name: 'every click that was answered has its job',
		breaches: ( { clicks, site } ) => {
			const stored = new Set( site.map( ( { uuid } ) => uuid ) );
			return clicks.filter( ( { uuid } ) => uuid !== null && ! stored.has( uuid ) ).map( ( { name, uuid } ) => `${ name } was answered with ${ uuid ?? '' }, which is gone` );
		},
	},
	{
		name: 'every click was answered in the end',
		breaches: ( { clicks } ) => clicks.filter( ( { uuid } ) => uuid === null ).map( ( { name, repeats } ) => `${ name } was never answered (${ repeats } tries)` ),
	},
	{
		name: 'one job per click',
		breaches: ( { site } ) => repeated( site.map( ( { name } ) => name ) ).map( ( name ) => `${ name } has several rows` ),
	},
	{
		name: 'every job has ended, or waits with a reason',
		breaches: ( { site, gateway } ) => site
			.filter( ( { status, wait_reason } ) => ! FINAL.has( status ) && ! ( status === 'pending' && wait_reason !== '' ) )
			.map( ( { uuid, status } ) => `${ uuid } is ${ status }; the gateway has it as ${ gateway.get( uuid )?.state ?? 'unknown' }` ),
	},
	{
		name: 'no job failed: nothing but servers did',
		breaches: ( { site } ) => site.filter( ( { status } ) => status === 'failed' || status === 'canceled' ).map( ( { uuid, status } ) => `${ uuid } is ${ status }` ),
	},
	{
		name: 'exactly one result each, and its own',
		breaches: ( { site } ) => site
			.filter( ( { status, result, name, succeeded_attempts } ) => ( status === 'succeeded' ) !== ( result === name && succeeded_attempts === 1 ) )
			.map( ( { uuid, status, result, succeeded_attempts } ) => `${ uuid } is ${ status }, has "${ result }" and ${ succeeded_attempts } successful attempts` ),
	},
	{
		name: 'both sides tell the same end and the same attempts',
		breaches: ( { site, gateway } ) => site.filter( ( { status } ) => FINAL.has( status ) ).flatMap( ( { uuid, status, attempts } ) => {
			const theirs = gateway.get( uuid );
			return theirs?.state === status && theirs.attempts === attempts ? [] : [ `${ uuid }: ${ status } with ${ attempts } here, ${ theirs?.state ?? 'unknown' } with ${ theirs?.attempts ?? 0 } there` ];
		} ),
	},
	{
		name: 'provider calls ≤ recorded attempts + 1 where maybe_billed_twice',
		breaches: ( { site, calls } ) => site.flatMap( ( { uuid, name, attempts, billed_twice } ) => {
			const made = calls.get( name ) ?? 0;
			return made <= attempts + billed_twice ? [] : [ `${ uuid }: ${ made } calls, ${ attempts } attempts, maybe_billed_twice ${ billed_twice }` ];
		} ),
	},
	{
		name: 'reservations are what waiting jobs hold, and zero without any',
		breaches: ( { site, reservations: { counted, held } } ) => {
			const isQuiet = site.every( ( { status } ) => FINAL.has( status ) );
			const isRight = counted.join() === held.join() && ! ( isQuiet && held.some( ( amount ) => amount !== 0 ) );
			return isRight ? [] : [ `budgets count ${ counted.join( ' / ' ) } (requests, tokens, micros), jobs hold ${ held.join( ' / ' ) }` ];
		},
	},
	{
		name: 'a second call is always marked maybe_billed_twice',
		breaches: ( { site, calls } ) => site
			.filter( ( { name, billed_twice } ) => ( calls.get( name ) ?? 0 ) > 1 && billed_twice === 0 )
			.map( ( { uuid, name } ) => `${ uuid } was called ${ calls.get( name ) ?? 0 } times without the mark` ),
	},
];

/** One row per invariant: its name, how often it was broken, and the first few cases. */
export const check = ( evidence: Evidence ): { name: string; count: number; cases: string[] }[] => invariants.map( ( { name, breaches } ) => {
	const found = breaches( evidence );
	return { name, count: found.length, cases: found.slice( 0, MAX_NAMED ) };
} );

const repeated = ( values: readonly string[] ): string[] => [ ...new Set( values.filter( ( value, index ) => values.indexOf( value ) < index ) ) ];
