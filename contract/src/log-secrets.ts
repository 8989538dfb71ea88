/**
 * What is never in a log, in any program: fields of these names, whatever they hold, and what looks like a key or a token in any text.
 * The patterns mean the same in ECMAScript and in PCRE (`u`). `contract/examples/log-secrets.json` is planted in the tests of both languages.
 */
export const logSecrets = {
	/** In the spelling of headers, of JSON, of SQL and of the AI SDK. Compared without regard to case. */
	names: [
		'authorization', 'cookie', 'set-cookie', 'x-api-key', 'x-goog-api-key', 'x-signature', 'x-wp-nonce', 'webhook-signature',
		'api_key', 'apiKey', 'moderation_key', 'token', 'ticket', 'secret', 'webhook_secret', 'webhook_secrets', 'api_secrets', 'signature',
		'private_key', 'password',
		'messages', 'prompt', 'content', 'text', 'brief', 'facts', 'input', 'final_text', 'original_text', 'request_json', 'result_json', 'outcome',
		'outcome_json', 'body', 'requestBodyValues', 'responseBody', 'responseHeaders', 'data',
	],
	patterns: [
		// Keys of providers, of this gateway and of clouds; webhook secrets.
		'(?<![A-Za-z0-9_-])(?:(?:sk|pk|rk|dk|gh[opsu]|github_pat|xox[abprs]|whsec|dksec|glpat)[_-](?:[a-z0-9]{2,8}[_-]){0,3}[A-Za-z0-9]{16,}[A-Za-z0-9_+\\/=-]*|AKIA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35})',
		// Signed tokens, tickets, and the short tokens of streams.
		'(?:eyJ[A-Za-z0-9_-]{8,}|dks1_[A-Za-z0-9_-]{8,})\\.[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]{8,})?',
		'(?:Bearer|Basic) +[A-Za-z0-9._~+\\/=-]{8,}',
		'-----BEGIN [A-Z ]+-----(?:[^-]|-(?!----END))*(?:-----END [A-Z ]+-----)?',
	],
} as const;
