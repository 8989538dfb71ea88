import { inTransaction, type SqliteDatabase } from './database.ts';

/** Bounds how long everything else has to wait while a group is written. */
const MAX_WRITES = 256;

type Write = { run: () => unknown; resolve: ( result: unknown ) => void; reject: ( error: unknown ) => void };

/**
 * Writes in groups: what comes in while the process is busy, with the commit before for example, shares one transaction and so one wait for
 * the disk. Nobody is answered before that commit, and writes happen in the order in which they came.
 */
export class GroupCommit {
	readonly #database: SqliteDatabase;
	#waiting: Write[] = [];
	#isPlanned = false;

	constructor( database: SqliteDatabase ) {
		this.#database = database;
	}

	/**
	 * Resolves with what `run` answers once it is on the disk. An error of `run` takes back what it has written, and nothing of the others.
	 * It may run more than once before one of them counts, so it must do nothing but ask the database.
	 */
	write< T >( run: () => T ): Promise< T > {
		return new Promise< T >( ( resolve, reject ) => {
			this.#waiting.push( { run, resolve: resolve as Write[ 'resolve' ], reject } );
			this.#plan();
		} );
	}

	/** Writes at once whatever waits. */
	flush(): void {
		while ( this.#waiting.length > 0 ) {
			this.#writeGroup( this.#waiting.splice( 0, MAX_WRITES ) );
		}
	}

	/** After everything that has arrived in this turn of the event loop. */
	#plan(): void {
		if ( ! this.#isPlanned ) {
			this.#isPlanned = true;
			setImmediate( () => {
				this.#isPlanned = false;
				this.#writeGroup( this.#waiting.splice( 0, MAX_WRITES ) );
				if ( this.#waiting.length > 0 ) {
					this.#plan();
				}
			} );
		}
	}

	#writeGroup( group: Write[] ): void {
		for ( let writes = group; writes.length > 0; ) {
			let current: Write | null = null;
			try {
				const results = inTransaction( this.#database, () => {
					const all = writes.map( ( write ) => {
						current = write;
						return write.run();
					} );
					current = null;
					return all;
				} );
				writes.forEach( ( { resolve }, index ) => resolve( results[ index ] ) );
				return;
			} catch ( error ) {
				const failed = isAboutTheFile( error ) ? null : current;
				writes.filter( ( write ) => failed === null || write === failed ).forEach( ( { reject } ) => reject( error ) );
				writes = failed === null ? [] : writes.filter( ( write ) => write !== failed );
			}
		}
	}
}

/** A full disk, for example: nobody else would fare better. */
function isAboutTheFile( error: unknown ): boolean {
	const { code } = error as { code?: unknown };
	return typeof code === 'string' && code.startsWith( 'SQLITE_' ) && ! code.startsWith( 'SQLITE_CONSTRAINT' );
}
