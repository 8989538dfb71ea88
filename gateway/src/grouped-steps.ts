import { inQuickTransaction, type SqliteDatabase } from './database.ts';

const MAX_STEPS = 256;
/** What can wait goes along with what cannot, and this late at most. */
const LAZY_MS = 25;

type Step = { run: () => unknown; resolve: ( result: unknown ) => void; reject: ( error: unknown ) => void };

export type GroupedStepsOptions = {
	database: SqliteDatabase;
	/** At the end of each transaction. */
	write: () => void;
	/** After it. */
	forget: ( isCommitted: boolean ) => void;
};

/**
 * Takes steps that come in one turn of the event loop in one transaction, in the order in which they came. It does not wait for the disk.
 * An error takes all of them back: it is the file's, never a step's.
 */
export class GroupedSteps {
	readonly #options: GroupedStepsOptions;
	#waiting: Step[] = [];
	#isPlanned = false;
	#timer: NodeJS.Timeout | null = null;

	constructor( options: GroupedStepsOptions ) {
		this.#options = options;
	}

	take< T >( run: () => T, { isLazy = false } = {} ): Promise< T > {
		return new Promise< T >( ( resolve, reject ) => {
			this.#waiting.push( { run, resolve: resolve as Step[ 'resolve' ], reject } );
			if ( ! isLazy && ! this.#isPlanned ) {
				this.#isPlanned = true;
				setImmediate( () => this.flush() );
			} else if ( isLazy && ! this.#isPlanned ) {
				this.#timer ??= setTimeout( () => this.flush(), LAZY_MS );
			}
		} );
	}

	/** Takes at once what waits. */
	flush(): void {
		this.#isPlanned = false;
		if ( this.#timer !== null ) {
			clearTimeout( this.#timer );
			this.#timer = null;
		}
		while ( this.#waiting.length > 0 ) {
			this.#takeAll( this.#waiting.splice( 0, MAX_STEPS ) );
		}
	}

	#takeAll( steps: readonly Step[] ): void {
		const { database, write, forget } = this.#options;
		try {
			const results = inQuickTransaction( database, () => {
				const all = steps.map( ( { run } ) => run() );
				write();
				return all;
			} );
			forget( true );
			steps.forEach( ( { resolve }, index ) => resolve( results[ index ] ) );
		} catch ( error ) {
			forget( false );
			steps.forEach( ( { reject } ) => reject( error ) );
		}
	}
}
