import type { ErrorCode } from '@draftkeeper/contract';

/** What only the browser can see: no answer, or one that is not ours. */
export type LocalErrorCode = 'offline' | 'unreachable' | 'timeout' | 'logged_out' | 'bad_answer';

/** Codes of WordPress itself that a screen has words for. */
export type CoreErrorCode = 'rest_forbidden' | 'rest_no_route' | 'rest_cookie_invalid_nonce';

/** Why a request failed. `code` is for programs, `message` is the server's own sentence. */
export class ApiError extends Error {
	override readonly name = 'ApiError';
	readonly code: ErrorCode | LocalErrorCode | CoreErrorCode | ( string & {} );
	/** 0 where there was no answer. */
	readonly status: number;
	readonly requestId: string;
	readonly retryAfterMs: number | null;
	readonly details: Readonly< Record< string, unknown > >;

	constructor( failure: {
		code: ApiError[ 'code' ];
		status: number;
		message: string;
		requestId: string;
		retryAfterMs?: number | null;
		details?: Record< string, unknown >;
	} ) {
		super( failure.message );
		this.code = failure.code;
		this.status = failure.status;
		this.requestId = failure.requestId;
		this.retryAfterMs = failure.retryAfterMs ?? null;
		this.details = failure.details ?? {};
	}

	/** The server may or may not have done what was asked: only the same idempotency key may be sent again. */
	get isUncertain(): boolean {
		return this.status === 0 || this.status >= 500 || this.code === 'bad_answer';
	}
}
