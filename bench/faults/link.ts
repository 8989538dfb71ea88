import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { LOOPBACK } from '../../tools/site/ports.ts';

type Pair = { near: Socket; far: Socket };

/** A wire between two programs that can be cut: half of the connections then hang, the others break. What hung goes on when it is mended. */
export class Link {
	readonly port: number;
	readonly #server: Server;
	readonly #target: number;
	readonly #pairs = new Set< Pair >();
	readonly #waiting = new Set< Socket >();
	#isCut = false;
	#turn = false;

	private constructor( server: Server, target: number ) {
		this.#server = server;
		this.#target = target;
		this.port = ( server.address() as AddressInfo ).port;
	}

	/** Listens on `port` (0: any free one) and forwards to `target`. */
	static async open( port: number, target: number ): Promise< Link > {
		let link: Link | null = null;
		const server = createServer( ( near ) => link?.accept( near ) );
		await new Promise< void >( ( done, fail ) => {
			server.once( 'error', fail );
			server.listen( port, LOOPBACK, () => done() );
		} );
		link = new Link( server, target );
		return link;
	}

	get url(): string {
		return `http://${ LOOPBACK }:${ this.port }`;
	}

	cut(): void {
		this.#isCut = true;
		for ( const pair of this.#pairs ) {
			if ( this.#hangs() ) {
				pair.near.unpipe( pair.far ).pause();
				pair.far.unpipe( pair.near ).pause();
			} else {
				breakOff( pair );
			}
		}
	}

	mend(): void {
		this.#isCut = false;
		for ( const pair of this.#pairs ) {
			join( pair );
		}
		for ( const near of this.#waiting ) {
			this.#forward( near );
		}
		this.#waiting.clear();
	}

	async close(): Promise< void > {
		await new Promise< void >( ( done ) => {
			this.#server.close( () => done() );
			for ( const pair of this.#pairs ) {
				breakOff( pair );
			}
			for ( const near of this.#waiting ) {
				near.destroy();
			}
		} );
	}

	/** A new connection: while the wire is cut every second one waits for it, the others are refused. */
	private accept( near: Socket ): void {
		near.on( 'error', () => near.destroy() );
		if ( ! this.#isCut ) {
			this.#forward( near );
		} else if ( this.#hangs() ) {
			this.#waiting.add( near );
			near.once( 'close', () => this.#waiting.delete( near ) );
		} else {
			near.resetAndDestroy();
		}
	}

	#forward( near: Socket ): void {
		const pair: Pair = { near, far: connect( this.#target, LOOPBACK ) };
		this.#pairs.add( pair );
		for ( const socket of [ pair.near, pair.far ] ) {
			socket.on( 'error', () => breakOff( pair ) );
			socket.once( 'close', () => {
				breakOff( pair );
				this.#pairs.delete( pair );
			} );
		}
		join( pair );
	}

	#hangs(): boolean {
		this.#turn = ! this.#turn;
		return this.#turn;
	}
}

function join( { near, far }: Pair ): void {
	near.pipe( far );
	far.pipe( near );
}

function breakOff( { near, far }: Pair ): void {
	near.destroy();
	far.destroy();
}
