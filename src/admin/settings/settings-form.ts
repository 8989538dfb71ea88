import type { SettingName, Settings, SettingsAnswer } from '@draftkeeper/contract';
import { __ } from '@wordpress/i18n';
import type { FieldErrors, Parsed } from '../shell/use-saved-form';

/** As it is typed: a number may be half a number for a moment. */
export type SettingsForm = Omit< Settings, 'text_days' | 'row_days' > & { text_days: string; row_days: string };

const MAX_DAYS = 36500;

export function formFromSettings( settings: Settings ): SettingsForm {
	return { ...settings, text_days: String( settings.text_days ), row_days: String( settings.row_days ) };
}

/** Addresses and names are judged by the server, which knows what kind of site this is. */
export function settingsFromForm( form: SettingsForm ): Parsed< Settings > {
	const errors: FieldErrors = {};
	for ( const name of [ 'text_days', 'row_days' ] as const ) {
		if ( ! /^\d{1,5}$/.test( form[ name ].trim() ) || Number( form[ name ] ) > MAX_DAYS ) {
			errors[ name ] = __( 'Enter a whole number of days from 0 to 36500; 0 keeps everything.', 'draftkeeper' );
		}
	}
	if ( Object.keys( errors ).length > 0 ) {
		return { errors };
	}
	return { value: { ...form, text_days: Number( form.text_days ), row_days: Number( form.row_days ) } };
}

/** The constant that locks each setting. */
export function locks( { locked }: SettingsAnswer ): Partial< Record< SettingName, string > > {
	return Object.fromEntries( locked.map( ( { setting, constant } ) => [ setting, constant ] ) );
}
