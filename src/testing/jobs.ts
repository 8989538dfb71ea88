import { job as jobSchema, type Job } from '@draftkeeper/contract';
import examples from '../../contract/examples/job.json';

export type JobStatusName = Job[ 'status' ];

/** A job as the contract's own examples have it, changed where a test cares. */
export function exampleJob( name: JobStatusName, change: Record< string, unknown > = {} ): Job {
	const example = examples.valid.find( ( candidate ) => candidate.name === name );
	return jobSchema.parse( { ...example?.value, ...change } );
}

export const UUID = exampleJob( 'pending' ).uuid;
