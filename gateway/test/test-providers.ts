import type { Clock } from '../src/clock.ts';
import type { Adapter } from '../src/providers/adapter.ts';
import { sample } from '../src/providers/adapters/sample.ts';
import { Breaker } from '../src/providers/breaker.ts';
import { Bulkhead } from '../src/providers/bulkhead.ts';
import { defaultTimeouts } from '../src/providers/call-watch.ts';
import { openNetwork } from '../src/providers/network.ts';
import { UpstreamProvider } from '../src/providers/upstream-provider.ts';
import { Gate } from '../src/providers/gate.ts';
import type { Provider } from '../src/providers/provider.ts';
import type { Prices, Target } from '../src/providers/models.ts';
import { ManualClock } from './manual-clock.ts';

/** A provider over the network of this machine. */
export function openProvider( adapter: Adapter, clock: Clock = new ManualClock() ): UpstreamProvider {
	return new UpstreamProvider( { adapter, clock, network: openNetwork(), timeouts: defaultTimeouts } );
}

/** The offline writer, on a clock that stands still. */
export function sampleProvider( clock: Clock = new ManualClock() ): UpstreamProvider {
	return openProvider( sample( { clock } ), clock );
}

/** A provider that can do only what a test says. */
export function fakeProvider( overrides: Partial< Provider > ): Provider {
	const unexpected = async () => {
		throw new Error( 'This call was not expected.' );
	};
	return { missing: () => null, generate: unexpected, call: unexpected, embed: unexpected, ...overrides };
}

type TargetOptions = { clock: Clock; name?: string; upstream_model?: string; prices?: Prices; limits?: { job: number; request: number } };

export const FREE: Prices = { input_micros_per_million_tokens: 0, output_micros_per_million_tokens: 0 };
export const COOL_DOWN_MS = 20_000;

/** A place on a route: closed to nobody until it fails. */
export function testTarget( provider: Provider, options: TargetOptions ): Target {
	const { clock, name = 'sample', upstream_model = 'sample', prices = FREE, limits = { job: 1_000, request: 1_000 } } = options;
	const breaker = new Breaker( { clock, failures: 5, cool_down_ms: COOL_DOWN_MS } );
	const gate = new Gate( { clock, breaker, bulkhead: new Bulkhead( limits ) } );
	return { provider_name: name, gen_ai_provider: name, server: null, upstream_model, prices, prices_as_of: null, provider, gate };
}
