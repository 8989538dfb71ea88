import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase, type SqliteDatabase } from './database.ts';
import { GroupCommit } from './group-commit.ts';

describe( 'writes in a group', () => {
	let database: SqliteDatabase;
	let group: GroupCommit;
	let commits: () => number;

	beforeEach( () => {
		database = openDatabase( ':memory:' );
		database.exec( 'CREATE TABLE words ( word TEXT NOT NULL UNIQUE )' );
		const exec = vi.spyOn( database, 'exec' );
		commits = () => exec.mock.calls.filter( ( [ sql ] ) => sql === 'COMMIT' ).length;
		group = new GroupCommit( database );
	} );
	afterEach( () => void database.close() );

	const put = ( word: string ) => group.write( () => database.prepare( 'INSERT INTO words VALUES ( ? )' ).run( word ).changes );
	const words = () => ( database.prepare( 'SELECT word FROM words ORDER BY rowid' ).all() as { word: string }[] ).map( ( { word } ) => word );
	const outcomes = async ( writes: Promise< unknown >[] ) => ( await Promise.allSettled( writes ) ).map( ( { status } ) => status );

	it( 'share one commit, in the order in which they came', async () => {
		expect( await Promise.all( [ put( 'one' ), put( 'two' ), put( 'three' ) ] ) ).toEqual( [ 1, 1, 1 ] );
		expect( words() ).toEqual( [ 'one', 'two', 'three' ] );
		expect( commits() ).toBe( 1 );
	} );

	it( 'that come later have a commit of their own', async () => {
		await put( 'one' );
		await put( 'two' );
		expect( commits() ).toBe( 2 );
	} );

	it( 'see those before them, and each gets its own answer', async () => {
		const count = () => group.write( () => words().length );
		expect( await Promise.all( [ count(), put( 'one' ), count(), put( 'two' ), count() ] ) ).toEqual( [ 0, 1, 1, 1, 2 ] );
	} );

	it( 'do not fail because one does, of which nothing is left', async () => {
		const half = group.write( () => {
			database.prepare( 'INSERT INTO words VALUES ( ? )' ).run( 'half' );
			throw new Error( 'no further' );
		} );
		expect( await outcomes( [ put( 'one' ), half, put( 'one' ), put( 'two' ) ] ) ).toEqual( [ 'fulfilled', 'rejected', 'rejected', 'fulfilled' ] );
		expect( words() ).toEqual( [ 'one', 'two' ] );
		await expect( half ).rejects.toThrow( 'no further' );
	} );

	it( 'all fail where the disk is full, and leave nothing behind', async () => {
		database.exec( 'PRAGMA max_page_count = 1' );
		const long = 'x'.repeat( 2_000_000 );
		const writes = [ put( 'one' ), put( long ), put( 'two' ) ];
		expect( await outcomes( writes ) ).toEqual( [ 'rejected', 'rejected', 'rejected' ] );
		await expect( writes[ 0 ] ).rejects.toMatchObject( { code: 'SQLITE_FULL' } );
		expect( words() ).toEqual( [] );
		expect( await put( 'later' ) ).toBe( 1 );
	} );

	it( 'all fail where the commit does', async () => {
		vi.spyOn( database, 'exec' ).mockImplementation( ( sql: string ) => {
			throw Object.assign( new Error( sql ), { code: 'SQLITE_IOERR' } );
		} );
		expect( await outcomes( [ put( 'one' ), put( 'two' ) ] ) ).toEqual( [ 'rejected', 'rejected' ] );
	} );

	it( 'are not kept waiting when everything is closed', async () => {
		const write = put( 'last' );
		group.flush();
		expect( words() ).toEqual( [ 'last' ] );
		expect( await write ).toBe( 1 );
	} );

	it( 'are shared out over several commits when very many come at once', async () => {
		await Promise.all( Array.from( { length: 600 }, ( _, index ) => put( String( index ) ) ) );
		expect( words() ).toEqual( Array.from( { length: 600 }, ( _, index ) => String( index ) ) );
		expect( commits() ).toBe( 3 );
	} );
} );
