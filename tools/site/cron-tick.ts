const EVERY_MS = 60_000;
const TIMEOUT_MS = 30_000;

/** Calls WP-Cron each minute, so that the site works on without a visitor. Returns the way to end it. */
export function cronTick( wpUrl: string, everyMs = EVERY_MS ): () => void {
	const abort = new AbortController();
	const tick = (): void => {
		const signal = AbortSignal.any( [ abort.signal, AbortSignal.timeout( TIMEOUT_MS ) ] );
		// A tick that fails is made good by the next one.
		fetch( `${ wpUrl }/wp-cron.php?doing_wp_cron`, { signal } ).then( ( answer ) => answer.arrayBuffer() ).catch( () => {} );
	};
	const timer = setInterval( tick, everyMs );
	timer.unref();
	return () => {
		clearInterval( timer );
		abort.abort();
	};
}
