import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { CallOptions, ModelAnswer } from '../providers/provider.ts';
import type { Site } from '../sites/site.ts';
import { countersOf, type Budgets } from './budgets/budgets.ts';
import { mostOf, spentBy } from './budgets/price-of.ts';
import { FREE, type ResponseCache } from './cache/response-cache.ts';
import type { AdmittedCall, AskedCall, CallPolicy } from './call-policy.ts';
import { assertInputFits, ceilingsOf, clampOutput } from './ceilings.ts';
import { countInput, countValues, textOf, trimPrompt, type Prompt } from './count-input.ts';
import { limitsOf, type Limits } from './limits/limits.ts';
import type { Moderation } from './moderation.ts';
import { redact } from './redaction.ts';

export type SiteCallPolicyDeps = { limits: Limits; budgets: Budgets; moderation: Moderation; cache: ResponseCache; clock: Clock };

/** What is reserved for an answer whose length nobody has bounded. */
const DEFAULT_OUTPUT_TOKENS = 4_096;
/** The providers' own, where nobody has said one. */
const DEFAULT_TEMPERATURE = 1;

/** Where nobody could say whether a text may be sent. */
const UNKNOWN_RETRY_MS = 30_000;

/** The rules of the caller's site, and of its key. Whether both are on and may use the model is decided before. */
export class SiteCallPolicy implements CallPolicy {
	readonly #deps: SiteCallPolicyDeps;

	constructor( deps: SiteCallPolicyDeps ) {
		this.#deps = deps;
	}

	async admit( asked: AskedCall ): Promise< AdmittedCall > {
		const { limits, budgets, clock } = this.#deps;
		const { caller: { site, key }, model } = asked;
		const ceilings = ceilingsOf( site, model );
		const counters = countersOf( site, key, clock.now() );
		// First: to count a long text takes time, too.
		const headers = await limits.take( limitsOf( site, key ) );
		const options = asked.route === 'chat' ? await this.#withinCeilings( asked.options, ceilings ) : undefined;
		const tokensOut = asked.route === 'chat' ? clampOutput( ceilings, asked.options.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS ) : 0;
		const isCounted = counters.length > 0 || ceilings.max_input_tokens !== null;
		const tokensIn = isCounted ? await ( asked.route === 'chat' ? countInput( options ?? asked.options ) : countValues( asked.values ) ) : 0;
		assertInputFits( ceilings, tokensIn );
		await this.#moderate( asked );
		const most = mostOf( model, tokensIn, tokensOut );
		const answers = asked.route === 'chat' ? ( asked.answers ?? 1 ) : 1;
		// Not the id of the request: its sender chooses that, and the same one twice would be held once.
		const hold = { tenant: site.tenant, id: randomUUID() };
		await budgets.reserve( { ...hold, kind: 'call', counters, tokens: most.tokens * answers, micros: most.micros * answers } );
		return {
			headers: { ...headers },
			...( options === undefined ? {} : this.#answering( asked, redacted( site, options ), answers ) ),
			...( asked.route === 'embeddings' && site.redaction !== 'off' ? { values: asked.values.map( redact ) } : {} ),
			async settle( calls ) {
				if ( counters.length === 0 ) {
					return;
				}
				// In this order, and asked for at once: a store may do all of it in one step.
				await Promise.all( [
					...calls.map( ( { status, error_code, usage: { tokens_in, tokens_out }, cost_micros, may_be_billed }, index ) =>
						budgets.settle( hold, index + 1, spentBy( { status, error_code, tokens_in, tokens_out, cost_micros, may_be_billed }, most ) ) ),
					budgets.release( hold ),
				] );
			},
		};
	}

	/** The options, and the way around the provider where the site wants one. */
	#answering( { caller: { site, key }, model, cache: wish }: AskedCall, options: CallOptions, answers: number ): Pick< AdmittedCall, 'options' | 'answer' > {
		const { cache } = this.#deps;
		// What a tool answers changes from call to call, and of several answers each is to be another.
		const isAlike = ( options.tools ?? [] ).length === 0 && answers === 1;
		const rules = isAlike ? site.cache : undefined;
		if ( rules === undefined || ( options.temperature ?? DEFAULT_TEMPERATURE ) > rules.max_temperature ) {
			return { options };
		}
		return {
			options,
			async answer( signal, call ) {
				const { answer, cached } = await cache.answer( {
					tenant: site.tenant,
					scope: JSON.stringify( [ 'api', key?.id ?? null, wish?.user ?? null ] ),
					request: [ 'chat', model.id, options ],
					ttl_ms: rules.seconds * 1000,
					isBypassed: wish?.isBypassed ?? false,
					signal,
					isKept: ( { finish_reason, content }: ModelAnswer ) => finish_reason === 'stop' && content.every( ( { type } ) => type === 'text' ),
				}, call );
				return cached ? { answer: { ...answer, usage: FREE }, cached } : { answer, cached };
			},
		};
	}

	async #moderate( asked: AskedCall ): Promise< void > {
		const texts = asked.route === 'embeddings'
			? asked.values
			: asked.options.prompt.filter( ( { role } ) => role === 'user' ).map( ( { content } ) => textOf( content ) );
		const moderated = await this.#deps.moderation.check( asked.caller.site, texts );
		if ( moderated === 'blocked' ) {
			throw new GatewayError( 'content_filtered', 'The gateway’s rules for this site hold the request back.' );
		}
		if ( moderated === 'unknown' ) {
			throw new GatewayError( 'overloaded', 'Nobody could say whether this text may be sent.', { isRetryable: true, retryAfterMs: UNKNOWN_RETRY_MS } );
		}
	}

	/** The oldest turns of a conversation go first, a longer answer than allowed is cut short. */
	async #withinCeilings( options: CallOptions, ceilings: ReturnType< typeof ceilingsOf > ): Promise< CallOptions > {
		const { max_input_tokens, max_output_tokens } = ceilings;
		return {
			...options,
			prompt: max_input_tokens === null ? options.prompt : await trimPrompt( options, max_input_tokens ),
			...( max_output_tokens === null ? {} : { maxOutputTokens: clampOutput( ceilings, options.maxOutputTokens ?? max_output_tokens ) } ),
		};
	}
}

/** Texts only: what a program calls its tools with, and what they answer, is data that has to fit. */
function redacted( { redaction }: Site, options: CallOptions ): CallOptions {
	return redaction === 'off' ? options : {
		...options,
		prompt: options.prompt.map( ( message ) => ( {
			...message,
			content: typeof message.content === 'string'
				? redact( message.content )
				: message.content.map( ( part ) => ( part.type === 'text' ? { ...part, text: redact( part.text ) } : part ) ),
		} ) ) as Prompt,
	};
}
