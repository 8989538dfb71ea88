import type { ServerResponse } from 'node:http';

/** Why a call is called off: the reason of its signal. */
export type CallStop =
	/** Whoever asked has gone. */
	| 'gone'
	/** This process is closing. */
	| 'shutdown';

/** The calls that somebody waits for right now. */
export class RunningCalls {
	readonly #controllers = new Set< AbortController >();
	#onIdle: () => void = () => {};

	get size(): number {
		return this.#controllers.size;
	}

	/** Runs `call` until it ends, whoever asked has gone, or `stop` is called. */
	async run< T >( response: ServerResponse, call: ( signal: AbortSignal ) => Promise< T > ): Promise< T > {
		const controller = new AbortController();
		// The response's event, not the request's: that one is silent once the request has been read.
		const onClose = () => response.writableFinished || controller.abort( 'gone' satisfies CallStop );
		response.once( 'close', onClose );
		if ( response.destroyed ) {
			onClose();
		}
		this.#controllers.add( controller );
		try {
			return await call( controller.signal );
		} finally {
			response.off( 'close', onClose );
			this.#controllers.delete( controller );
			if ( this.#controllers.size === 0 ) {
				this.#onIdle();
			}
		}
	}

	/** Resolves when none is running. */
	async drain(): Promise< void > {
		if ( this.#controllers.size > 0 ) {
			await new Promise< void >( ( resolve ) => ( this.#onIdle = resolve ) );
		}
	}

	stop(): void {
		this.#controllers.forEach( ( controller ) => controller.abort( 'shutdown' satisfies CallStop ) );
	}
}
