import type { Clock } from '../clock.ts';
import type { AttemptEnd, ClaimedJob, NextStep } from '../jobs/job-store.ts';
import { unreachable } from '../errors.ts';
import type { Models } from '../providers/models.ts';
import type { TextProvider, TextRequest, TextResult } from '../providers/text-provider.ts';
import type { Sites } from '../sites/site.ts';
import type { Budgets } from './budgets/budgets.ts';
import { mostOf, spentBy } from './budgets/price-of.ts';
import { FREE, type ResponseCache } from './cache/response-cache.ts';
import { heldUntil } from './kill-switch.ts';
import type { Moderation } from './moderation.ts';
import { redact } from './redaction.ts';
import { countMessages } from '../tokenizer/count-tokens.ts';

/** Where nobody could say whether a text may be sent. */
const UNKNOWN_RETRY_MS = 30_000;
const BLOCKED = 'The gateway’s rules for this site hold the request back.';

/** `cached`: no call was made for it. */
export type MadeText = TextResult & { cached?: boolean };

/** What stands between a job that was taken and the call of its provider. */
export interface JobPolicy {
	/** What happens instead of a call; null where the call may be made. */
	before: ( job: ClaimedJob ) => Promise< NextStep | null >;

	/** Makes the call as the site wants it made. */
	generate: ( job: ClaimedJob, request: TextRequest, call: TextProvider[ 'generate' ] ) => Promise< MadeText >;

	/** A call has ended and is filed; `hasEnded` where the job has too. Never throws. */
	after: ( job: ClaimedJob, attempt: { number: number; end: AttemptEnd }, hasEnded: boolean ) => Promise< void >;
}

/** Lets everything pass. */
export const noJobPolicy: JobPolicy = { before: async () => null, generate: ( _job, request, call ) => call( request ), after: async () => {} };

export type SiteJobPolicyDeps = { sites: Sites; models: Models; budgets: Budgets; moderation: Moderation; cache: ResponseCache; clock: Clock };

/** The rules of the site that a job belongs to, as its file has them when the call is about to be made. */
export class SiteJobPolicy implements JobPolicy {
	readonly #deps: SiteJobPolicyDeps;

	constructor( deps: SiteJobPolicyDeps ) {
		this.#deps = deps;
	}

	async before( { tenant, request: { messages } }: ClaimedJob ): Promise< NextStep | null > {
		const { sites, moderation, clock } = this.#deps;
		const at = heldUntil( sites, tenant, clock.now() );
		const site = sites.get( tenant );
		if ( at !== null || site === undefined ) {
			return { then: 'retry', at: at ?? clock.now(), maybe_billed: false };
		}
		const moderated = await moderation.check( site, messages.filter( ( { role } ) => role === 'user' ).map( ( { content } ) => content ) );
		switch ( moderated ) {
			case 'allowed':
				return null;
			case 'blocked':
				return { then: 'finish', outcome: { status: 'failed', code: 'content_filtered', message: BLOCKED } };
			case 'unknown':
				return { then: 'retry', at: clock.now() + UNKNOWN_RETRY_MS, maybe_billed: false };
			default:
				throw unreachable( moderated );
		}
	}

	async generate( { tenant, model, request: { cache } }: ClaimedJob, request: TextRequest, call: TextProvider[ 'generate' ] ): Promise< MadeText > {
		const site = this.#deps.sites.get( tenant );
		const messages = request.messages.map( ( message ) => ( { ...message, content: site?.redaction === 'all' ? redact( message.content ) : message.content } ) );
		const made = () => call( { ...request, messages } );
		if ( cache === undefined || site?.cache === undefined ) {
			return made();
		}
		const { answer, cached } = await this.#deps.cache.answer( {
			tenant,
			scope: cache.scope,
			request: [ 'text', model, messages.map( ( { role, content } ) => [ role, content ] ), request.temperature, request.maxOutputTokens ],
			ttl_ms: site.cache.seconds * 1000,
			isBypassed: cache.bypass,
			signal: request.signal,
			isKept: ( { finish_reason }: TextResult ) => finish_reason === 'stop',
		}, made );
		return cached ? { ...answer, ...FREE, cached } : answer;
	}

	async after( job: ClaimedJob, { number, end }: { number: number; end: AttemptEnd }, hasEnded: boolean ): Promise< void > {
		const { budgets } = this.#deps;
		const key = { tenant: job.tenant, id: job.uuid };
		await budgets.settle( key, number, spentBy( end, await this.#most( job, end ) ) );
		if ( hasEnded ) {
			await budgets.release( key );
		}
	}

	/** Counted only where the provider did not tell. */
	async #most( { model: id, request }: ClaimedJob, { tokens_in, tokens_out }: AttemptEnd ) {
		const model = this.#deps.models.get( id );
		return model === undefined || ( tokens_in !== null && tokens_out !== null )
			? { tokens: 0, micros: 0 }
			: mostOf( model, await countMessages( request.messages ), request.max_output_tokens );
	}
}
