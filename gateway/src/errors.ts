import type { ErrorCode } from '@draftkeeper/contract';

type Details = {
	isRetryable?: boolean;
	retryAfterMs?: number;
	/** Unix seconds, told with `clock_skew`. */
	serverTime?: number;
	headers?: Readonly< Record< string, string > >;
	cause?: unknown;
};

/** A request that the gateway refuses, with a code of the contract. The message is shown to people. */
export class GatewayError extends Error {
	override readonly name = 'GatewayError';
	readonly code: ErrorCode;
	readonly isRetryable: boolean;
	readonly retryAfterMs: number | null;
	readonly serverTime: number | null;
	/** Further headers of the answer. */
	readonly headers: Readonly< Record< string, string > >;

	constructor( code: ErrorCode, message: string, details: Details = {} ) {
		super( message, { cause: details.cause } );
		this.code = code;
		this.isRetryable = details.isRetryable ?? false;
		this.retryAfterMs = details.retryAfterMs ?? null;
		this.serverTime = details.serverTime ?? null;
		this.headers = details.headers ?? {};
	}
}

/** For the end of a switch: compiles only while every case is handled. */
export function unreachable( value: never ): Error {
	return new Error( `Unexpected value: ${ JSON.stringify( value ) }` );
}
