import { problem } from './errors.ts';
import { factsAnswer, factsCheck, factsCheckAnswer } from './facts.ts';
import { createJob, job, jobList } from './jobs.ts';
import { limitSettings, limitsAnswer, limitUsers, myLimits } from './limits.ts';
import { modelList } from './models.ts';
import { gatewayJob, gatewayJobs, offer, offerBatch, offerBatchAnswer, tokenClaims, webhook, webhookReceipt } from './offers.ts';
import { createReview } from './reviews.ts';
import { bootstrap, connectionTest, createKeys, newKeys, settings, settingsAnswer } from './settings.ts';
import { askTicket, stream, streamReset, streamStatus, streamText, streamToken, ticketClaims } from './streams.ts';
import { createToken, restToken } from './tokens.ts';
import { usageChoices, usageList } from './usage.ts';

/** Every shape that crosses a border, by the name it has in `schema/`, in `examples/` and in PHP. */
export const schemas = {
	ask_ticket: askTicket,
	bootstrap,
	connection_test: connectionTest,
	create_job: createJob,
	create_keys: createKeys,
	create_review: createReview,
	create_token: createToken,
	facts_answer: factsAnswer,
	facts_check: factsCheck,
	facts_check_answer: factsCheckAnswer,
	gateway_job: gatewayJob,
	gateway_jobs: gatewayJobs,
	job,
	job_list: jobList,
	limit_settings: limitSettings,
	limit_users: limitUsers,
	limits_answer: limitsAnswer,
	model_list: modelList,
	my_limits: myLimits,
	new_keys: newKeys,
	offer,
	offer_batch: offerBatch,
	offer_batch_answer: offerBatchAnswer,
	problem,
	rest_token: restToken,
	settings,
	settings_answer: settingsAnswer,
	stream,
	stream_reset: streamReset,
	stream_status: streamStatus,
	stream_text: streamText,
	stream_token: streamToken,
	ticket_claims: ticketClaims,
	token_claims: tokenClaims,
	usage_list: usageList,
	usage_choices: usageChoices,
	webhook,
	webhook_receipt: webhookReceipt,
} as const;
export type SchemaName = keyof typeof schemas;
