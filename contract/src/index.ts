export { CONTRACT_VERSION } from './primitives.ts';
export { errorCode, errorCodes, problem, type ErrorCode, type Problem } from './errors.ts';
export {
	factProblem, factProblemKinds, factsAnswer, factsCheck, factsCheckAnswer, productAttribute, productFacts,
	type FactProblem, type FactsAnswer, type ProductAttribute, type ProductFacts,
} from './facts.ts';
export {
	createJob, draft, job, jobList, jobStatus, jobStatuses, mark, markKinds, person, postLink, waitReason, waitReasons,
	type CreateJob, type Draft, type Job, type JobList, type JobStatus, type Mark, type Person, type PostLink, type WaitReason,
} from './jobs.ts';
export {
	budget, budgetLevel, budgetLevels, budgetPeriod, budgetPeriods, budgetState, budgetUnit, budgetUnits, jobLimit, limitSettings, limitsAnswer, limitUsers,
	myLimits, type Budget, type BudgetLevel, type BudgetPeriod, type BudgetState, type BudgetUnit, type JobLimit, type LimitSettings,
	type LimitsAnswer, type MyLimits,
} from './limits.ts';
export { logSecrets } from './log-secrets.ts';
export { apiModel, modelList, type ApiModel, type ModelList } from './models.ts';
export {
	attempt, finishedJob, gatewayJob, gatewayJobs, gatewayStates, message, offer, offerAnswers, offerBatch, offerBatchAnswer, outcome, tokenClaims,
	webhook, webhookReceipt,
	type Attempt, type FinishedJob, type GatewayJob, type GatewayJobs, type Message, type Offer, type OfferBatch, type OfferBatchAnswer, type Outcome,
	type TokenClaims, type Webhook,
} from './offers.ts';
export { createReview, reviewDecision, reviewDecisions, type CreateReview, type ReviewDecision } from './reviews.ts';
export { schemas, type SchemaName } from './schemas.ts';
export {
	bootstrap, connectionTest, createKeys, findingLevels, newKeys, secretState, secretStates, settingNames, settings, settingsAnswer,
	type Bootstrap, type ConnectionTest, type CreateKeys, type NewKeys, type SecretState, type SettingName, type Settings, type SettingsAnswer,
} from './settings.ts';
export {
	askTicket, stream, streamReset, streamStates, streamStatus, streamText, streamToken, streamTroubles, ticketClaims,
	type AskTicket, type Stream, type StreamReset, type StreamStatus, type StreamText, type StreamToken, type StreamTrouble, type TicketClaims,
} from './streams.ts';
export { jobOptions, optionBounds, task, tasks, tone, tones, type JobOptions, type Task, type Tone } from './tasks.ts';
export { createToken, restToken, tokenScopes, type CreateToken, type RestToken, type TokenScope } from './tokens.ts';
export {
	attemptStatus, attemptStatuses, usageChoices, usageList, usageOrderings, usageRow, usageTotals,
	type AttemptStatus, type UsageChoices, type UsageList, type UsageRow, type UsageTotals,
} from './usage.ts';
