import { Button, FormTokenField, TextControl } from '@wordpress/components';
import { useId, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { chevronDown, chevronUp } from '@wordpress/icons';
import { AttributeRows } from './attribute-rows';
import type { FormFacts } from './brief';

function countFacts( facts: FormFacts ): number {
	return facts.attributes.filter( ( { name, value } ) => name.trim() && value.trim() ).length + facts.categories.length + facts.tags.length +
		( facts.sku ? 1 : 0 ) + ( facts.price.amount ? 1 : 0 );
}

/** Everything a draft may claim. Only the name is needed. */
export function FactsFields( { facts, onChange, isFromProduct, onReset, isOpenAtFirst }: {
	facts: FormFacts;
	onChange: ( facts: FormFacts ) => void;
	/** The site supplied them; then they start folded away. */
	isFromProduct: boolean;
	/** Present when the facts were changed by hand and the site has its own. */
	onReset: ( () => void ) | null;
	isOpenAtFirst: boolean;
} ) {
	const [ isOpen, setIsOpen ] = useState( isOpenAtFirst );
	const id = useId();
	const change = ( changed: Partial< FormFacts > ) => onChange( { ...facts, ...changed } );
	const count = countFacts( facts );

	return (
		<div className="draftkeeper-facts">
			<TextControl
				__next40pxDefaultSize
				__nextHasNoMarginBottom
				label={ __( 'Product name', 'draftkeeper' ) }
				maxLength={ 200 }
				value={ facts.name }
				onChange={ ( name ) => change( { name } ) }
			/>
			<div className="draftkeeper-facts__bar">
				<Button
					variant="tertiary"
					size="compact"
					icon={ isOpen ? chevronUp : chevronDown }
					aria-expanded={ isOpen }
					aria-controls={ id }
					onClick={ () => setIsOpen( ! isOpen ) }
				>
					{ sprintf(
						/* translators: %d: number of facts such as attributes and categories */
						_n( '%d product fact', '%d product facts', count, 'draftkeeper' ),
						count
					) }
				</Button>
				<span className="draftkeeper-facts__source">
					{ isFromProduct && ( onReset
						? __( 'Changed here', 'draftkeeper' )
						: __( 'From this product', 'draftkeeper' ) ) }
				</span>
				{ onReset && (
					<Button variant="link" onClick={ onReset }>{ __( 'Use the product’s own facts', 'draftkeeper' ) }</Button>
				) }
			</div>
			<div id={ id } hidden={ ! isOpen } className="draftkeeper-facts__all">
				<AttributeRows attributes={ facts.attributes } onChange={ ( attributes ) => change( { attributes } ) } />
				<div className="draftkeeper-columns">
					<FormTokenField
						__next40pxDefaultSize
						__nextHasNoMarginBottom
						help=""
						label={ __( 'Categories', 'draftkeeper' ) }
						maxLength={ 20 }
						value={ facts.categories }
						onChange={ ( tokens ) => change( { categories: tokens.map( String ) } ) }
					/>
					<FormTokenField
						__next40pxDefaultSize
						__nextHasNoMarginBottom
						help=""
						label={ __( 'Tags', 'draftkeeper' ) }
						maxLength={ 30 }
						value={ facts.tags }
						onChange={ ( tokens ) => change( { tags: tokens.map( String ) } ) }
					/>
				</div>
				<div className="draftkeeper-columns is-thirds">
					<TextControl
						__next40pxDefaultSize
						__nextHasNoMarginBottom
						label={ __( 'Price', 'draftkeeper' ) }
						inputMode="decimal"
						placeholder="129.00"
						maxLength={ 14 }
						value={ facts.price.amount }
						onChange={ ( amount ) => change( { price: { ...facts.price, amount } } ) }
					/>
					<TextControl
						__next40pxDefaultSize
						__nextHasNoMarginBottom
						label={ __( 'Currency', 'draftkeeper' ) }
						placeholder="EUR"
						maxLength={ 3 }
						value={ facts.price.currency }
						onChange={ ( currency ) => change( { price: { ...facts.price, currency } } ) }
					/>
					<TextControl
						__next40pxDefaultSize
						__nextHasNoMarginBottom
						label={ __( 'Article number', 'draftkeeper' ) }
						maxLength={ 100 }
						value={ facts.sku }
						onChange={ ( sku ) => change( { sku } ) }
					/>
				</div>
			</div>
		</div>
	);
}
