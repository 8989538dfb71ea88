import type { ErrorCode, Outcome } from '@draftkeeper/contract';

const messages: Partial< Record< ErrorCode, string > > = {
	provider_auth: 'The AI provider refused the gateway’s key.',
	provider_quota: 'The quota at the AI provider is used up.',
	provider_busy: 'The AI provider is too busy and did not take the job in several tries.',
	provider_timeout: 'The AI provider did not answer in time.',
	provider_unavailable: 'The AI provider could not be reached or had an error of its own.',
	provider_rejected: 'The AI provider does not accept this request.',
	provider_bad_response: 'The AI provider’s answer could not be understood.',
	content_filtered: 'The AI provider’s content filter held the text back.',
	empty_result: 'The AI provider answered with an empty text.',
	worker_lost: 'The gateway was interrupted while the text was being written.',
	expired: 'The job was not begun before it expired.',
	model_not_allowed: 'The gateway no longer offers the model that this job asked for.',
	internal_error: 'The gateway met an unexpected error.',
};

/** What became of a call, for people. */
export function failureMessage( code: ErrorCode ): string {
	return messages[ code ] ?? 'The call failed.';
}

export function failedOutcome( code: ErrorCode ): Outcome {
	return { status: 'failed', code, message: failureMessage( code ) };
}
