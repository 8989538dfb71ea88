import { factsAnswer, factsCheckAnswer, type FactProblem, type FactsAnswer, type ProductFacts } from '@draftkeeper/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request } from './client';

/** What the site knows about the product behind a post. */
export const factsQuery = ( postId: number ) => queryOptions( {
	queryKey: [ 'facts', postId ] as const,
	queryFn: async ( { signal } ): Promise< FactsAnswer > =>
		( await request( { path: `/facts?post_id=${ postId }`, schema: factsAnswer, signal } ) ).data,
	staleTime: 60_000,
	refetchOnWindowFocus: false,
} );

/** What is missing, contradictory or dirty in facts as the form holds them. */
export const factProblemsQuery = ( facts: ProductFacts ) => queryOptions( {
	queryKey: [ 'facts', 'problems', facts ] as const,
	queryFn: async ( { signal } ): Promise< FactProblem[] > => ( await request( {
		method: 'POST',
		path: '/facts/check',
		schema: factsCheckAnswer,
		body: { facts },
		signal,
	} ) ).data.problems,
	staleTime: Infinity,
	gcTime: 60_000,
	placeholderData: keepPreviousData,
	refetchOnWindowFocus: false,
} );
