import { optionBounds, tone, type Bootstrap, type JobOptions, type ProductFacts, type Tone } from '@draftkeeper/contract';
import * as z from 'zod/mini';

const formAttribute = z.object( { name: z.string(), value: z.string(), unit: z.string() } );

/** Facts as somebody types them: a row may be half filled. */
const formFacts = z.object( {
	name: z.string(),
	sku: z.string(),
	categories: z.array( z.string() ),
	tags: z.array( z.string() ),
	attributes: z.array( formAttribute ),
	price: z.object( { amount: z.string(), currency: z.string() } ),
	images: z.array( z.object( { id: z.number(), alt: z.string() } ) ),
} );
export type FormFacts = z.infer< typeof formFacts >;
export type FormAttribute = z.infer< typeof formAttribute >;

/** The block's `brief` attribute: only what somebody has chosen here. Facts of the product stay with the product. */
const briefAttribute = z.object( {
	facts: z.catch( z.optional( formFacts ), undefined ),
	tone: z.catch( z._default( tone, 'friendly' ), 'friendly' ),
	words: z.catch( z._default( z.int(), optionBounds.words.default ), optionBounds.words.default ),
	audience: z.catch( z._default( z.string(), '' ), '' ),
	keywords: z.catch( z._default( z.array( z.string() ), [] ), [] ),
	model: z.catch( z.optional( z.string() ), undefined ),
} );
export interface Brief {
	facts?: FormFacts | undefined;
	tone: Tone;
	words: number;
	audience: string;
	keywords: string[];
	/** Only where somebody has chosen another than the site's default. */
	model?: string | undefined;
}

/** Content is edited by hand and by other versions of this plugin: what does not fit becomes the default. */
export function parseBrief( attribute: unknown ): Brief {
	return briefAttribute.parse( typeof attribute === 'object' && attribute !== null && ! Array.isArray( attribute ) ? attribute : {} );
}

export const emptyFacts: FormFacts = {
	name: '',
	sku: '',
	categories: [],
	tags: [],
	attributes: [],
	price: { amount: '', currency: '' },
	images: [],
};

export function toFormFacts( facts: ProductFacts ): FormFacts {
	return {
		name: facts.name,
		sku: facts.sku ?? '',
		categories: facts.categories,
		tags: facts.tags,
		attributes: facts.attributes.map( ( attribute ) => ( { ...attribute, unit: attribute.unit ?? '' } ) ),
		price: facts.price ?? emptyFacts.price,
		images: facts.images,
	};
}

const EXISTING_TEXT_LENGTH = 4000;

/** What is sent: trimmed, half rows left out. The name may still be empty. */
export function toProductFacts( form: FormFacts, existingText: string ): ProductFacts {
	const text = existingText.trim();
	return {
		name: form.name.trim(),
		sku: form.sku.trim() || null,
		categories: trimmed( form.categories ),
		tags: trimmed( form.tags ),
		attributes: form.attributes
			.map( ( { name, value, unit } ) => ( { name: name.trim(), value: value.trim(), unit: unit.trim() || null } ) )
			.filter( ( { name, value } ) => name !== '' && value !== '' ),
		price: form.price.amount.trim()
			? { amount: form.price.amount.trim().replace( ',', '.' ), currency: form.price.currency.trim().toUpperCase() }
			: null,
		images: form.images,
		existing_text: text ? Array.from( text ).slice( 0, EXISTING_TEXT_LENGTH ).join( '' ) : null,
	};
}

export function toJobOptions( brief: Brief ): JobOptions {
	return {
		tone: brief.tone,
		words: clampWords( brief.words ),
		...( brief.audience.trim() ? { audience: brief.audience.trim() } : {} ),
		...( trimmed( brief.keywords ).length > 0 ? { keywords: trimmed( brief.keywords ) } : {} ),
	};
}

/** The model to ask for; none where the site's default will do, or the site may no longer use the chosen one. */
export function toModel( { model }: Brief, models: Bootstrap[ 'models' ] ): { model?: string } {
	return model !== undefined && models.some( ( { id, default: isDefault } ) => id === model && ! isDefault ) ? { model } : {};
}

export function clampWords( words: number ): number {
	return Math.min( optionBounds.words.max, Math.max( optionBounds.words.min, Math.round( words ) ) );
}

function trimmed( values: string[] ): string[] {
	return values.map( ( value ) => value.trim() ).filter( Boolean );
}
