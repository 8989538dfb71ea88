import type { ErrorCode } from '@draftkeeper/contract';
import { __, sprintf } from '@wordpress/i18n';
import { isAdministrator } from '../api/bootstrap';
import { administratorStep } from './administrator-step';

/** What a failed request and a failed job have in common. */
export interface Failure {
	code: string;
	message: string;
	requestId: string | null;
	retryAfterMs?: number | null;
}

export interface Explanation {
	/** What happened. */
	what: string;
	/** What the reader can do now. */
	next: string;
	/** Whether doing the same again can help. */
	canRetry: boolean;
}

const explanation = ( what: string, next: string, canRetry = true ): Explanation => ( { what, next, canRetry } );

const askAdministrator = () => __( 'Please tell the administrator of this site, with the request ID below.', 'draftkeeper' );
const tryLater = () => __( 'Wait a moment, then try again.', 'draftkeeper' );
const tellIfAgain = () => __( 'Try again. If it happens again, tell the administrator the request ID below.', 'draftkeeper' );
const reload = () => __( 'Reload the page, then try again.', 'draftkeeper' );

const badProgram = () => explanation(
	__( 'The request was not understood. This is a fault of Draftkeeper, not yours.', 'draftkeeper' ), askAdministrator(), false
);
const badConnection = () => explanation(
	__( 'This site and its gateway do not accept each other’s messages.', 'draftkeeper' ), askAdministrator()
);

type KnownCode = ErrorCode | 'offline' | 'unreachable' | 'timeout' | 'logged_out' | 'bad_answer' | 'rest_forbidden' | 'rest_no_route'
	| 'rest_cookie_invalid_nonce';

const explanations: Record< KnownCode, () => Explanation > = {
	offline: () => explanation( __( 'You are offline.', 'draftkeeper' ), __( 'Check your internet connection, then try again.', 'draftkeeper' ) ),
	unreachable: () => explanation( __( 'The site did not answer.', 'draftkeeper' ), __( 'Check your connection, then try again. Nothing is charged twice.', 'draftkeeper' ) ),
	timeout: () => explanation( __( 'The site took too long to answer.', 'draftkeeper' ), __( 'Try again. Nothing is charged twice.', 'draftkeeper' ) ),
	logged_out: () => explanation( __( 'You are logged out.', 'draftkeeper' ), __( 'Log in again in another tab, then come back and try again.', 'draftkeeper' ) ),
	bad_answer: () => explanation( __( 'The site sent an answer that Draftkeeper does not understand.', 'draftkeeper' ), reload() ),
	rest_forbidden: () => explanation( __( 'You are not allowed to do this.', 'draftkeeper' ), __( 'Ask an administrator to give your role access to drafts.', 'draftkeeper' ), false ),
	rest_no_route: () => explanation( __( 'Draftkeeper is not active on this site any more.', 'draftkeeper' ), reload(), false ),
	rest_cookie_invalid_nonce: () => explanation( __( 'Your session has expired.', 'draftkeeper' ), reload() ),

	unauthenticated: () => explanation( __( 'You are logged out.', 'draftkeeper' ), __( 'Log in again in another tab, then come back and try again.', 'draftkeeper' ) ),
	forbidden: () => explanation( __( 'You are not allowed to do this.', 'draftkeeper' ), __( 'Ask an administrator to give your role access to drafts.', 'draftkeeper' ), false ),
	malformed_json: badProgram,
	invalid_body: () => explanation( __( 'Some of the facts cannot be sent as they are.', 'draftkeeper' ), __( 'Check the fields for very long or unusual values, then try again.', 'draftkeeper' ) ),
	invalid_query: badProgram,
	too_many_to_sort: () => explanation( __( 'These are too many calls to sort by anything but time.', 'draftkeeper' ), __( 'Narrow the filters down, or sort by time.', 'draftkeeper' ), false ),
	invalid_idempotency_key: badProgram,
	idempotency_key_reused: () => explanation( __( 'This request was already sent with other facts.', 'draftkeeper' ), __( 'Try again; it is sent as a new request.', 'draftkeeper' ) ),
	unknown_task: badProgram,
	body_too_large: () => explanation( __( 'There is more text than can be sent at once.', 'draftkeeper' ), __( 'Shorten the facts, then try again.', 'draftkeeper' ) ),
	prompt_too_long: () => explanation( __( 'The facts are too long for one draft.', 'draftkeeper' ), __( 'Remove attributes that do not matter to a buyer, then try again.', 'draftkeeper' ) ),
	job_not_found: () => explanation( __( 'This draft no longer exists, or you may not see it.', 'draftkeeper' ), __( 'Generate a new one.', 'draftkeeper' ), false ),
	post_not_found: () => explanation( __( 'This page no longer exists, or you may not edit it.', 'draftkeeper' ), __( 'Ask its author or an administrator for access.', 'draftkeeper' ), false ),
	job_not_finished: () => explanation( __( 'This draft is still being written.', 'draftkeeper' ), tryLater() ),
	job_finished: () => explanation( __( 'This draft was finished before it could be stopped.', 'draftkeeper' ), __( 'You can discard it.', 'draftkeeper' ), false ),
	already_reviewed: () => explanation( __( 'Somebody has already decided about this draft.', 'draftkeeper' ), reload(), false ),
	version_conflict: () => explanation( __( 'This draft has changed since you opened it.', 'draftkeeper' ), __( 'Look at it again, then decide.', 'draftkeeper' ) ),
	request_gone: () => explanation( __( 'What this draft was asked for has been removed.', 'draftkeeper' ), __( 'Generate a new one.', 'draftkeeper' ), false ),
	rate_limited: () => explanation( __( 'You have asked for many drafts in a short time.', 'draftkeeper' ), tryLater() ),
	budget_exhausted: () => explanation( __( 'A budget has no room for another draft.', 'draftkeeper' ), __( 'An administrator can raise it.', 'draftkeeper' ), false ),
	budget_unavailable: () => explanation( __( 'The budgets could not be checked, so nothing was started.', 'draftkeeper' ), tryLater() ),
	setting_locked: () => explanation( __( 'The configuration of this site sets this; it cannot be changed here.', 'draftkeeper' ), askAdministrator(), false ),
	request_in_progress: () => explanation( __( 'The same request is still being worked on.', 'draftkeeper' ), tryLater() ),
	not_connected: () => explanation( __( 'This site is not connected to a gateway yet.', 'draftkeeper' ), __( 'An administrator can connect one in the settings of Draftkeeper.', 'draftkeeper' ), false ),
	ai_disabled: () => explanation( __( 'AI features are switched off on this site.', 'draftkeeper' ), __( 'Ask an administrator if you need them.', 'draftkeeper' ), false ),
	streaming_off: () => explanation( __( 'This site does not show drafts while they are written.', 'draftkeeper' ), __( 'The draft appears when it is finished.', 'draftkeeper' ), false ),

	invalid_token: badConnection,
	token_expired: badConnection,
	token_replayed: badConnection,
	body_hash_mismatch: badConnection,
	clock_skew: () => explanation( __( 'The clocks of this site and its gateway differ too much.', 'draftkeeper' ), askAdministrator() ),
	unknown_site: badConnection,
	site_moved: () => explanation( __( 'This site has a new address that its gateway does not know.', 'draftkeeper' ), askAdministrator(), false ),
	contract_unsupported: () => explanation( __( 'Draftkeeper and its gateway have versions that do not fit together.', 'draftkeeper' ), askAdministrator(), false ),
	unknown_job: () => explanation( __( 'The gateway does not know this draft.', 'draftkeeper' ), __( 'Generate a new one.', 'draftkeeper' ) ),
	overloaded: () => explanation( __( 'The gateway has too much to do right now.', 'draftkeeper' ), tryLater() ),
	site_disabled: () => explanation( __( 'The operator of the gateway has switched it off for this site.', 'draftkeeper' ), askAdministrator() ),
	api_off: badConnection,
	model_not_allowed: () => explanation( __( 'The chosen model is not allowed on this site.', 'draftkeeper' ), askAdministrator(), false ),
	bad_signature: badConnection,
	stale_signature: badConnection,
	gateway_rejected: () => explanation( __( 'The gateway refused the request.', 'draftkeeper' ), askAdministrator() ),

	provider_auth: () => explanation( __( 'The AI provider does not accept the key of this site.', 'draftkeeper' ), askAdministrator() ),
	provider_quota: () => explanation( __( 'The account at the AI provider is used up.', 'draftkeeper' ), askAdministrator() ),
	provider_busy: () => explanation( __( 'The AI provider is busy.', 'draftkeeper' ), tryLater() ),
	provider_timeout: () => explanation( __( 'The AI provider took too long.', 'draftkeeper' ), __( 'Try again, or ask for a shorter text.', 'draftkeeper' ) ),
	provider_unavailable: () => explanation( __( 'The AI provider cannot be reached.', 'draftkeeper' ), tryLater() ),
	provider_rejected: () => explanation( __( 'The AI provider refused these facts.', 'draftkeeper' ), __( 'Change the facts, then try again.', 'draftkeeper' ) ),
	provider_bad_response: () => explanation( __( 'The AI provider sent an answer that cannot be used.', 'draftkeeper' ), __( 'Try again.', 'draftkeeper' ) ),
	content_filtered: () => explanation( __( 'The AI provider’s content filter stopped this draft.', 'draftkeeper' ), __( 'Reword the facts that could be misread, then try again.', 'draftkeeper' ) ),
	empty_result: () => explanation( __( 'The draft came back empty.', 'draftkeeper' ), __( 'Add a few facts, then try again.', 'draftkeeper' ) ),
	worker_lost: () => explanation( __( 'The gateway was interrupted while it wrote.', 'draftkeeper' ), __( 'Try again. A late draft still arrives here.', 'draftkeeper' ) ),
	expired: () => explanation( __( 'The gateway was out of reach for three days, so this request was given up.', 'draftkeeper' ), __( 'Try again.', 'draftkeeper' ) ),
	internal_error: () => explanation( __( 'Something went wrong on the site.', 'draftkeeper' ), tellIfAgain() ),
};

/**
 * One sentence for the cause, one for the way out: administrators are told what to do themselves. A code that is new to this version shows
 * the server's own words.
 */
export function explainError( { code, message, retryAfterMs }: Failure, forAdministrator = isAdministrator() ): Explanation {
	const known = Object.hasOwn( explanations, code ) ? explanations[ code as KnownCode ]() : null;
	if ( ! known ) {
		return explanation( message || __( 'Something went wrong.', 'draftkeeper' ), forAdministrator ? administratorStep( 'internal_error' ) ?? '' : tellIfAgain() );
	}
	const next = ( forAdministrator && administratorStep( code, known.next === askAdministrator() ) ) || known.next;
	if ( ! retryAfterMs ) {
		return { ...known, next };
	}
	if ( code === 'budget_exhausted' ) {
		/* translators: 1: a time span such as "14 hours", 2: another way out, a whole sentence */
		return { ...known, next: sprintf( __( 'It opens again in %1$s. %2$s', 'draftkeeper' ), formatWait( retryAfterMs ), next ) };
	}
	/* translators: %s: a time span such as "40 seconds" */
	return { ...known, next: sprintf( __( 'Try again in %s.', 'draftkeeper' ), formatWait( retryAfterMs ) ) };
}

const UNITS = [ [ 'day', 86_400, 2 ], [ 'hour', 3_600, 2 ], [ 'minute', 60, 1.5 ] ] as const;

/** In the largest unit of which it holds so many. */
function formatWait( durationMs: number ): string {
	const seconds = Math.ceil( durationMs / 1000 );
	const [ unit, length ] = UNITS.find( ( [ , size, enough ] ) => seconds >= size * enough ) ?? [ 'second', 1 ] as const;
	return new Intl.NumberFormat( document.documentElement.lang || undefined, { style: 'unit', unit, unitDisplay: 'long' } ).format( Math.ceil( seconds / length ) );
}
