import { optionBounds, type Bootstrap, type Tone } from '@draftkeeper/contract';
import { FormTokenField, SelectControl, TextControl } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { clampWords, toModel, type Brief } from './brief';

const toneLabels = (): Record< Tone, string > => ( {
	plain: __( 'Plain', 'draftkeeper' ),
	friendly: __( 'Friendly', 'draftkeeper' ),
	professional: __( 'Professional', 'draftkeeper' ),
	formal: __( 'Formal', 'draftkeeper' ),
	playful: __( 'Playful', 'draftkeeper' ),
	enthusiastic: __( 'Enthusiastic', 'draftkeeper' ),
} );

/** How the draft is to be written. */
export function BriefFields( { brief, models, onChange }: {
	brief: Brief;
	models: Bootstrap[ 'models' ];
	onChange: ( change: Partial< Brief > ) => void;
} ) {
	// What is being typed may be empty or out of bounds for a moment.
	const [ typedWords, setTypedWords ] = useState< string | null >( null );
	const { min, max } = optionBounds.words;

	function leaveWords() {
		if ( typedWords !== null && typedWords.trim() !== '' && ! Number.isNaN( Number( typedWords ) ) ) {
			onChange( { words: clampWords( Number( typedWords ) ) } );
		}
		setTypedWords( null );
	}

	return (
		<div className="draftkeeper-brief">
			<div className="draftkeeper-columns">
				<SelectControl
					__next40pxDefaultSize
					__nextHasNoMarginBottom
					label={ __( 'Tone', 'draftkeeper' ) }
					value={ brief.tone }
					options={ Object.entries( toneLabels() ).map( ( [ value, label ] ) => ( { value: value as Tone, label } ) ) }
					onChange={ ( tone ) => onChange( { tone } ) }
				/>
				<TextControl
					__next40pxDefaultSize
					__nextHasNoMarginBottom
					label={ __( 'Length in words', 'draftkeeper' ) }
					type="number"
					min={ min }
					max={ max }
					step={ 10 }
					value={ typedWords ?? brief.words }
					onChange={ ( words ) => {
						setTypedWords( words );
						const count = Number( words );
						if ( Number.isInteger( count ) && count >= min && count <= max ) {
							onChange( { words: count } );
						}
					} }
					onBlur={ leaveWords }
					/* translators: 1: smallest number of words, 2: largest number */
					help={ sprintf( __( 'Between %1$d and %2$d.', 'draftkeeper' ), min, max ) }
				/>
			</div>
			<div className="draftkeeper-columns">
				<TextControl
					__next40pxDefaultSize
					__nextHasNoMarginBottom
					label={ __( 'Audience', 'draftkeeper' ) }
					placeholder={ __( 'People who furnish small rooms', 'draftkeeper' ) }
					maxLength={ 200 }
					value={ brief.audience }
					onChange={ ( audience ) => onChange( { audience } ) }
				/>
				<FormTokenField
					__next40pxDefaultSize
					__nextHasNoMarginBottom
					help=""
					label={ __( 'Keywords', 'draftkeeper' ) }
					maxLength={ 10 }
					tokenizeOnBlur
					value={ brief.keywords }
					onChange={ ( tokens ) => onChange( { keywords: tokens.map( ( token ) => String( token ).slice( 0, 60 ) ) } ) }
				/>
			</div>
			{ models.length > 1 && (
				<SelectControl
					__next40pxDefaultSize
					__nextHasNoMarginBottom
					label={ __( 'Model', 'draftkeeper' ) }
					value={ toModel( brief, models ).model ?? '' }
					options={ models.map( ( { id, default: isDefault } ) => ( {
						value: isDefault ? '' : id,
						/* translators: %s: name of a language model */
						label: isDefault ? sprintf( __( '%s (default)', 'draftkeeper' ), id ) : id,
					} ) ) }
					onChange={ ( model ) => onChange( { model: model || undefined } ) }
				/>
			) }
		</div>
	);
}
