const TICK_MS = 1000;
const CLEAR_LINE = '\r\u001B[2K';

type Output = { isTTY?: boolean; write: ( text: string ) => unknown };

/** One line that says what is being waited for; on a terminal it is rewritten in place, elsewhere only its end is printed. */
export class Progress {
	readonly #output: Output;
	readonly #now: () => number;
	#label = '';
	#started = 0;
	#timer: NodeJS.Timeout | undefined;

	constructor( output: Output = process.stdout, now: () => number = Date.now ) {
		this.#output = output;
		this.#now = now;
	}

	/** Runs a step and says when it is done and how long it took. */
	async step< T >( label: string, work: ( note: ( detail: string ) => void ) => Promise< T > | T ): Promise< T > {
		this.#label = label;
		this.#started = this.#now();
		this.#show();
		this.#timer = setInterval( () => this.#show(), TICK_MS );
		this.#timer.unref();
		try {
			const result = await work( ( detail ) => this.#change( `${ label }: ${ detail }` ) );
			this.#end( `✓ ${ label } (${ this.#seconds() } s)` );
			return result;
		} catch ( error ) {
			this.#end( `✗ ${ label } (${ this.#seconds() } s)` );
			throw error;
		}
	}

	line( text = '' ): void {
		this.#output.write( `${ text }\n` );
	}

	#change( label: string ): void {
		this.#label = label;
		this.#show();
	}

	#show(): void {
		if ( this.#output.isTTY === true ) {
			this.#output.write( `${ CLEAR_LINE }… ${ this.#label } (${ this.#seconds() } s)` );
		}
	}

	#end( text: string ): void {
		clearInterval( this.#timer );
		this.#output.write( `${ this.#output.isTTY === true ? CLEAR_LINE : '' }${ text }\n` );
	}

	#seconds(): string {
		return ( ( this.#now() - this.#started ) / 1000 ).toFixed( 1 );
	}
}
