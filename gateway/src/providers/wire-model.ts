import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import type { Adapter, ChatRequests } from './adapter.ts';
import { addAnswerNames, type AnswerNames } from './answer-names.ts';
import { exchange } from './exchange.ts';
import type { CallableModel, ModelCall } from './model-call.ts';
import type { ModelAnswer } from './provider.ts';
import { WireAnswer } from './wire-answer.ts';

type WireModelOptions = { requests: ChatRequests; readUsage: Adapter[ 'readUsage' ]; dispatcher: Dispatcher; clock: Clock };

/** A model that speaks OpenAI's format: the AI SDK says what to ask, the answer is read as it comes from the wire. */
export class WireModel implements CallableModel {
	readonly #options: WireModelOptions;

	constructor( options: WireModelOptions ) {
		this.#options = options;
	}

	async call( { options, isStream, onPart, watch, usage }: ModelCall ): Promise< Omit< ModelAnswer, 'usage' | 'sample' > > {
		const { requests, readUsage, dispatcher, clock } = this.#options;
		const request = await requests( options, isStream );
		let names: AnswerNames = {};
		const answer = new WireAnswer( {
			onPart: onPart ?? null,
			onEvent( event ) {
				watch.heardLife();
				usage.add( readUsage( event ) );
				names = addAnswerNames( names, event );
			},
			onContent: () => watch.heardContent(),
			now: () => clock.now(),
		} );
		await exchange( dispatcher, request, watch, answer );
		return { ...await answer.end(), ...names };
	}
}
