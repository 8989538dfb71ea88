import { expect, it } from 'vitest';
import { FIRST_HASH, prove, type AuditLog } from './audit-log.ts';

const event = { actor: 'operator:anna@gateway', action: 'keys revoke', subject: 'keys revoke key_1', at: 1_772_357_400_000 };

/** What every audit log does. `open` gives two of them on the same, empty store. */
export function describeAuditLog( open: () => [ AuditLog, AuditLog ], tamper: ( change: ( event_json: string ) => string ) => Promise< void > ): void {
	it( 'keeps what was done in order, as it was', async () => {
		const [ log ] = open();
		await log.append( event );
		await log.append( { ...event, action: 'job_canceled', actor: 'site:shop:1', subject: 'ü\n"' } );
		const entries = await log.read( 0, 10 );
		expect( entries.map( ( { number, event_json } ) => [ number, JSON.parse( event_json ) ] ) ).toEqual( [
			[ 1, event ], [ 2, { ...event, action: 'job_canceled', actor: 'site:shop:1', subject: 'ü\n"' } ],
		] );
		expect( await log.read( 1, 10 ) ).toEqual( entries.slice( 1 ) );
		expect( await log.read( 0, 1 ) ).toEqual( entries.slice( 0, 1 ) );
	} );

	it( 'is proved whole by its chain, empty too', async () => {
		const [ log ] = open();
		expect( await prove( log ) ).toMatchObject( { entries: 0, head: FIRST_HASH, brokenAt: null } );
		const { hash } = await log.append( event );
		expect( await prove( log, [ 1 ] ) ).toEqual( { entries: 1, head: hash, brokenAt: null, hashes: new Map( [ [ 1, hash ] ] ) } );
	} );

	it( 'makes one chain of what several processes append at once', async () => {
		const [ one, other ] = open();
		await Promise.all( Array.from( { length: 20 }, ( _, index ) => ( index % 2 === 0 ? one : other ).append( { ...event, at: index } ) ) );
		expect( await prove( other ) ).toMatchObject( { entries: 20, brokenAt: null } );
	} );

	it( 'shows that an entry was changed behind its back', async () => {
		const [ log ] = open();
		await log.append( event );
		await log.append( event );
		await log.append( event );
		await tamper( ( event_json ) => event_json.replace( 'anna', 'otto' ) );
		expect( await prove( log ) ).toMatchObject( { entries: 1, brokenAt: 2 } );
	} );
}
