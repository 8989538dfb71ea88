import type { Clock } from '../clock.ts';
import { unreachable } from '../errors.ts';
import type { Adapter } from './adapter.ts';
import { anthropic } from './adapters/anthropic.ts';
import { google } from './adapters/google.ts';
import { openAi } from './adapters/openai.ts';
import { openAiCompatible } from './adapters/openai-compatible.ts';
import { sample } from './adapters/sample.ts';
import type { ProviderConfig } from './provider-config.ts';

/** What a configured provider speaks. */
export function createAdapter( provider: ProviderConfig, clock: Clock ): Adapter {
	switch ( provider.kind ) {
		case 'sample':
			return sample( { clock, pause_ms: provider.pause_ms } );
		case 'openai':
			return openAi( provider );
		case 'anthropic':
			return anthropic( provider );
		case 'google':
			return google( provider );
		case 'openai-compatible':
			return openAiCompatible( provider );
		default:
			throw unreachable( provider );
	}
}
