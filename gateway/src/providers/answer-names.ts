/** What a provider calls its answer and the model that wrote it; absent where it has not told. */
export type AnswerNames = { response_id?: string; response_model?: string };

/** Names go into logs: nothing that could be words is one. */
const NAME = /^[\w.:/@+-]{1,200}$/;

type Named = { id?: unknown; model?: unknown; responseId?: unknown; modelVersion?: unknown; message?: unknown };

/** Reads them from a whole answer or an event of a stream: as OpenAI and its like have them, as Anthropic or as Google. */
export function readAnswerNames( raw: unknown ): AnswerNames {
	if ( typeof raw !== 'object' || raw === null ) {
		return {};
	}
	const { id, model, responseId, modelVersion, message } = raw as Named;
	const began = ( message ?? {} ) as Named;
	const response_id = nameIn( id, responseId, began.id );
	const response_model = nameIn( model, modelVersion, began.model );
	return { ...( response_id === undefined ? {} : { response_id } ), ...( response_model === undefined ? {} : { response_model } ) };
}

/** For the events of a stream, which may tell one now and the other later: what is known stays. */
export function addAnswerNames( known: AnswerNames, raw: unknown ): AnswerNames {
	return known.response_id !== undefined && known.response_model !== undefined ? known : { ...readAnswerNames( raw ), ...known };
}

function nameIn( ...candidates: readonly unknown[] ): string | undefined {
	return candidates.find( ( value ): value is string => typeof value === 'string' && NAME.test( value ) );
}
