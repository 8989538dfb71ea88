import { job as jobSchema, type CreateReview } from '@draftkeeper/contract';
import { request } from './client';
import type { TaggedJob } from './jobs';

/** Puts on record what became of a draft. Throws `already_reviewed` or `version_conflict` where somebody was faster. */
export async function createReview( uuid: string, review: CreateReview, requestId: string ): Promise< TaggedJob > {
	const { data, etag } = await request( {
		method: 'POST',
		path: `/jobs/${ uuid }/review`,
		schema: jobSchema,
		body: review,
		requestId,
	} );
	return { job: data, etag };
}
