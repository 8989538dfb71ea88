import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { genAiFields } from '../observability/gen-ai.ts';
import type { Logger } from '../observability/logger.ts';
import type { Meter } from '../observability/meter.ts';
import type { AdmittedCall, AskedCall, CallPolicy } from '../policy/call-policy.ts';
import type { CallModelDeps, CallRecord } from '../providers/call-model.ts';
import type { CallLog } from './call-log.ts';
import type { RunningCalls } from './running-calls.ts';

export type MakeCallDeps = {
	callPolicy: CallPolicy;
	callLog: CallLog;
	running: RunningCalls;
	clock: Clock;
	random: () => number;
	logger: Logger;
	meter?: Meter;
	isClosing: () => boolean;
};

/** What a call is made with. */
export type CallGrant = { admitted: AdmittedCall; model: CallModelDeps; signal: AbortSignal };

const CLOSING_RETRY_MS = 10_000;

/**
 * Makes one call for a program that waits: admitted by the site's rules before, settled and in the books after, whatever becomes of it;
 * called off when nobody waits any more, which is answered with null.
 */
export async function makeCall< T >(
	deps: MakeCallDeps, asked: AskedCall, response: ServerResponse, call: ( grant: CallGrant ) => Promise< T >
): Promise< T | null > {
	if ( deps.isClosing() ) {
		throw closing();
	}
	const admitted = await deps.callPolicy.admit( asked );
	const calls: CallRecord[] = [];
	const onCall = ( record: CallRecord ) => {
		calls.push( record );
		file( deps, asked, record );
	};
	try {
		return await deps.running.run( response, async ( signal ) => {
			try {
				return await call( { admitted, model: { clock: deps.clock, random: deps.random, trace: asked.trace, onCall }, signal } );
			} catch ( error ) {
				if ( ! signal.aborted ) {
					throw error;
				}
				if ( signal.reason === 'gone' ) {
					return null;
				}
				throw closing();
			}
		} );
	} finally {
		// Nobody has to wait for it: whatever is asked of the budgets later is answered after it.
		void admitted.settle( calls ).catch( ( error: unknown ) =>
			deps.logger.error( { err: error, request_id: asked.request_id, tenant: asked.caller.site.tenant }, 'call could not be settled' )
		);
	}
}

function file( { callLog, clock, logger, meter }: MakeCallDeps, { caller, request_id, trace, model, route }: AskedCall, record: CallRecord ): void {
	const { target, span_id, status, error_code, finish_reason, response_id, response_model, usage, cost_micros, provider_ms } = record;
	const call = {
		tenant: caller.site.tenant, key_id: caller.key?.id ?? null, request_id, route, provider: target.provider_name, model: model.id, status, error_code,
		tokens_in: usage.tokens_in, tokens_out: usage.tokens_out, cost_micros, is_estimated: usage.is_estimated === true, provider_ms,
	};
	callLog.add( { ...call, at: clock.now() } );
	meter?.used( { ...call, call: { operation: route, target } } );
	logger.info( {
		request_id, trace_id: trace.trace_id, span_id, tenant: call.tenant,
		key_id: call.key_id, status, cost_micros, provider_ms, ...( call.is_estimated ? { is_estimated: true } : {} ),
		model: call.model,
		...genAiFields( { operation: route, target, finish_reason, response_id, response_model, ...usage, ...call } ),
	}, 'provider call ended' );
}

function closing(): GatewayError {
	return new GatewayError( 'overloaded', 'The gateway is being stopped.', { isRetryable: true, retryAfterMs: CLOSING_RETRY_MS } );
}
