/** Whether an error says that Redis cannot be reached, or cannot write at the moment: no connection, time-out, full disk or memory. */
export function isRedisOutage( error: unknown ): boolean {
	if ( ! ( error instanceof Error ) ) {
		return false;
	}
	const isFromServer = error.name === 'ReplyError' && /^(MISCONF|OOM|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)\b/.test( error.message );
	return isFromServer || /^(Command timed out|Connection is closed\.|Stream isn't writeable)/.test( error.message );
}
