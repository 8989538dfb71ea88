import * as z from 'zod/mini';
import { count, pattern, text } from './primitives.ts';

/** One attribute of a product, as the shop states it: `{ name: 'Width', value: '42', unit: 'cm' }`. */
export const productAttribute = z.strictObject( {
	name: text( 1, 100 ),
	value: text( 1, 300 ),
	unit: z.nullable( text( 1, 20 ) ),
} );
export type ProductAttribute = z.infer< typeof productAttribute >;

/** Everything a draft about a product may claim. */
export const productFacts = z.strictObject( {
	name: text( 1, 200 ),
	sku: z.nullable( text( 1, 100 ) ),
	categories: z.array( text( 1, 100 ) ).check( z.maxLength( 20 ) ),
	tags: z.array( text( 1, 100 ) ).check( z.maxLength( 30 ) ),
	attributes: z.array( productAttribute ).check( z.maxLength( 50 ) ),
	price: z.nullable( z.strictObject( {
		amount: pattern( /^[0-9]{1,9}([.][0-9]{1,4})?$/ ),
		currency: pattern( /^[A-Z]{3}$/ ),
	} ) ),
	images: z.array( z.strictObject( { id: count, alt: text( 0, 300 ) } ) ).check( z.maxLength( 8 ) ),
	existing_text: z.nullable( text( 0, 4000 ) ),
} );
export type ProductFacts = z.infer< typeof productFacts >;

export const factProblemKinds = [ 'missing', 'contradictory', 'dirty' ] as const;

/** What is wrong with the facts, told before anything is sent. `field` is a path such as `attributes.Width`. */
export const factProblem = z.strictObject( {
	kind: z.enum( factProblemKinds ),
	field: text( 1, 200 ),
	message: text( 1, 500 ),
} );
export type FactProblem = z.infer< typeof factProblem >;

/** Facts as a form or a post without a title holds them: a name may still be missing. */
const unfinishedFacts = z.strictObject( { ...productFacts.shape, name: text( 0, 200 ) } );

/** `GET /facts?post_id=`. `facts` is null where the post type does not declare support. */
export const factsAnswer = z.strictObject( {
	facts: z.nullable( unfinishedFacts ),
	problems: z.array( factProblem ),
} );
export type FactsAnswer = z.infer< typeof factsAnswer >;

/** `POST /facts/check`. Answers `{ problems }`. */
export const factsCheck = z.strictObject( { facts: unfinishedFacts } );
export const factsCheckAnswer = z.strictObject( { problems: z.array( factProblem ) } );
