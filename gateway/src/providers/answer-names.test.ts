import { expect, it } from 'vitest';
import { addAnswerNames, readAnswerNames } from './answer-names.ts';

it.each( [
	[ { id: 'chatcmpl-1', model: 'small-2026-01-01' }, 'chatcmpl-1', 'small-2026-01-01' ],
	[ { type: 'message_start', message: { id: 'msg_1', model: 'claude' } }, 'msg_1', 'claude' ],
	[ { responseId: 'r+1', modelVersion: 'gemini-2' }, 'r+1', 'gemini-2' ],
	[ { id: 'gen-1', model: 'meta-llama/llama-3:free' }, 'gen-1', 'meta-llama/llama-3:free' ],
] )( 'reads what a provider calls its answer: %j', ( raw, response_id, response_model ) => {
	expect( readAnswerNames( raw ) ).toEqual( { response_id, response_model } );
} );

it.each( [ undefined, null, 'text', [], {}, { id: 7, model: null }, { id: '', model: 'Words of a prompt' }, { id: 'x'.repeat( 201 ), message: 'text' }, { id: 'a\nb' } ] )( 'takes nothing else for a name: %j', ( raw ) => {
	expect( readAnswerNames( raw ) ).toEqual( {} );
} );

it( 'keeps what an earlier event has told', () => {
	const told = [ { model: 'small' }, { choices: [] }, { id: 'chatcmpl-1', model: 'other' }, { id: 'chatcmpl-2' } ];
	expect( told.reduce( addAnswerNames, {} ) ).toEqual( { response_id: 'chatcmpl-1', response_model: 'small' } );
} );
