import { Button, TextControl } from '@wordpress/components';
import { useRef } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { closeSmall, plus } from '@wordpress/icons';
import type { FormAttribute } from './brief';

const MAX_ATTRIBUTES = 50;

export function AttributeRows( { attributes, onChange }: {
	attributes: FormAttribute[];
	onChange: ( attributes: FormAttribute[] ) => void;
} ) {
	const list = useRef< HTMLDivElement >( null );
	const addButton = useRef< HTMLButtonElement >( null );

	const change = ( index: number, changed: Partial< FormAttribute > ) =>
		onChange( attributes.map( ( attribute, position ) => position === index ? { ...attribute, ...changed } : attribute ) );

	function add() {
		onChange( [ ...attributes, { name: '', value: '', unit: '' } ] );
		// The new row is there after the next render.
		window.requestAnimationFrame( () => {
			const inputs = list.current?.querySelectorAll< HTMLInputElement >( '[data-attribute-name] input' );
			inputs?.[ inputs.length - 1 ]?.focus();
		} );
	}

	function remove( index: number ) {
		onChange( attributes.filter( ( _, position ) => position !== index ) );
		addButton.current?.focus();
	}

	return (
		<fieldset className="draftkeeper-attributes" ref={ list as never }>
			<legend>{ __( 'Attributes', 'draftkeeper' ) }</legend>
			{ attributes.map( ( attribute, index ) => (
				<div className="draftkeeper-attributes__row" key={ index }>
					<div data-attribute-name>
						<TextControl
							__next40pxDefaultSize
							__nextHasNoMarginBottom
							label={ __( 'Attribute', 'draftkeeper' ) }
							hideLabelFromVision={ index > 0 }
							placeholder={ isBlank( attribute ) ? __( 'Width', 'draftkeeper' ) : '' }
							maxLength={ 100 }
							value={ attribute.name }
							onChange={ ( name ) => change( index, { name } ) }
						/>
					</div>
					<TextControl
						__next40pxDefaultSize
						__nextHasNoMarginBottom
						label={ __( 'Value', 'draftkeeper' ) }
						hideLabelFromVision={ index > 0 }
						placeholder={ isBlank( attribute ) ? '42' : '' }
						maxLength={ 300 }
						value={ attribute.value }
						onChange={ ( value ) => change( index, { value } ) }
					/>
					<TextControl
						__next40pxDefaultSize
						__nextHasNoMarginBottom
						label={ __( 'Unit', 'draftkeeper' ) }
						hideLabelFromVision={ index > 0 }
						placeholder={ isBlank( attribute ) ? 'cm' : '' }
						maxLength={ 20 }
						value={ attribute.unit }
						onChange={ ( unit ) => change( index, { unit } ) }
					/>
					<Button
						icon={ closeSmall }
						label={ removeLabel( attribute.name ) }
						onClick={ () => remove( index ) }
					/>
				</div>
			) ) }
			<Button
				ref={ addButton }
				icon={ plus }
				variant="tertiary"
				size="compact"
				accessibleWhenDisabled
				disabled={ attributes.length >= MAX_ATTRIBUTES }
				onClick={ add }
			>
				{ __( 'Add attribute', 'draftkeeper' ) }
			</Button>
		</fieldset>
	);
}

function removeLabel( name: string ): string {
	/* translators: %s: name of an attribute such as "Width" */
	return name ? sprintf( __( 'Remove %s', 'draftkeeper' ), name ) : __( 'Remove attribute', 'draftkeeper' );
}

function isBlank( { name, value, unit }: FormAttribute ): boolean {
	return name === '' && value === '' && unit === '';
}
