<?php

namespace Draftkeeper\Errors;

defined( 'ABSPATH' ) || exit;

/** The contract's error codes; a test holds the two lists together. */
enum ErrorCode: string {
	case Unauthenticated = 'unauthenticated';
	case Forbidden = 'forbidden';
	case MalformedJson = 'malformed_json';
	case InvalidBody = 'invalid_body';
	case InvalidQuery = 'invalid_query';
	case TooManyToSort = 'too_many_to_sort';
	case InvalidIdempotencyKey = 'invalid_idempotency_key';
	case IdempotencyKeyReused = 'idempotency_key_reused';
	case UnknownTask = 'unknown_task';
	case BodyTooLarge = 'body_too_large';
	case PromptTooLong = 'prompt_too_long';
	case JobNotFound = 'job_not_found';
	case PostNotFound = 'post_not_found';
	case JobNotFinished = 'job_not_finished';
	case JobFinished = 'job_finished';
	case AlreadyReviewed = 'already_reviewed';
	case VersionConflict = 'version_conflict';
	case RequestGone = 'request_gone';
	case RateLimited = 'rate_limited';
	case BudgetExhausted = 'budget_exhausted';
	case BudgetUnavailable = 'budget_unavailable';
	case SettingLocked = 'setting_locked';
	case RequestInProgress = 'request_in_progress';
	case NotConnected = 'not_connected';
	case AiDisabled = 'ai_disabled';
	case StreamingOff = 'streaming_off';
	case InvalidToken = 'invalid_token';
	case TokenExpired = 'token_expired';
	case TokenReplayed = 'token_replayed';
	case BodyHashMismatch = 'body_hash_mismatch';
	case ClockSkew = 'clock_skew';
	case UnknownSite = 'unknown_site';
	case SiteMoved = 'site_moved';
	case ContractUnsupported = 'contract_unsupported';
	case UnknownJob = 'unknown_job';
	case Overloaded = 'overloaded';
	case SiteDisabled = 'site_disabled';
	case ApiOff = 'api_off';
	case ModelNotAllowed = 'model_not_allowed';
	case BadSignature = 'bad_signature';
	case StaleSignature = 'stale_signature';
	case GatewayRejected = 'gateway_rejected';
	case ProviderAuth = 'provider_auth';
	case ProviderQuota = 'provider_quota';
	case ProviderBusy = 'provider_busy';
	case ProviderTimeout = 'provider_timeout';
	case ProviderUnavailable = 'provider_unavailable';
	case ProviderRejected = 'provider_rejected';
	case ProviderBadResponse = 'provider_bad_response';
	case ContentFiltered = 'content_filtered';
	case EmptyResult = 'empty_result';
	case WorkerLost = 'worker_lost';
	case Expired = 'expired';
	case InternalError = 'internal_error';

	/** A code that another program sent; one that we do not know is an internal error. */
	public static function from_foreign( string $code ): self {
		return self::tryFrom( $code ) ?? self::InternalError;
	}
}
