import type { SettingsAnswer } from '@draftkeeper/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { CheckboxControl, Notice, RadioControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { saveSettings, settingsQuery } from '../../api/settings';
import { ErrorNotice } from '../../ui/error-notice';
import { Loading } from '../shell/loading';
import { SaveBar } from '../shell/save-bar';
import { ScreenHeader } from '../shell/screen-header';
import { lockedText, TextField } from '../shell/text-field';
import { useSavedForm } from '../shell/use-saved-form';
import { ConnectionTest } from './connection-test';
import { FirstSteps } from './first-steps';
import { NewKeys } from './new-keys';
import { SecretList } from './secret-list';
import { formFromSettings, locks, settingsFromForm } from './settings-form';

/** How this site reaches its gateway, how long it keeps what, and what happens when the plugin goes. */
export function SettingsScreen() {
	const { data, error, refetch } = useQuery( settingsQuery() );
	return (
		<>
			<ScreenHeader title={ __( 'Settings', 'draftkeeper' ) }>
				{ __( 'The connection to the gateway, how long texts and books are kept, and what happens when the plugin is deleted.', 'draftkeeper' ) }
			</ScreenHeader>
			{ ! data && error instanceof ApiError && <ErrorNotice failure={ error } onRetry={ () => refetch() } /> }
			{ ! data && ! error && <Loading text={ __( 'Loading settings…', 'draftkeeper' ) } /> }
			{ data && <SettingsForm answer={ data } /> }
		</>
	);
}

function SettingsForm( { answer }: { answer: SettingsAnswer } ) {
	const client = useQueryClient();
	const locked = locks( answer );
	const settings = useSavedForm( {
		saved: formFromSettings( answer.settings ),
		parse: settingsFromForm,
		save: saveSettings,
		onSaved: ( saved ) => client.setQueryData( settingsQuery().queryKey, saved ),
	} );
	const { form, change, errors } = settings;
	const field = ( name: 'gateway_url' | 'site_id' | 'key_id' | 'text_days' | 'row_days' ) => ( {
		value: form[ name ],
		onChange: ( value: string ) => change( { [ name ]: value } ),
		error: errors[ name ],
		constant: locked[ name ],
	} );

	return (
		<form ref={ settings.element } onSubmit={ settings.submit } noValidate>
			{ settings.failure instanceof ApiError && <ErrorNotice failure={ settings.failure } /> }
			<FirstSteps { ...answer } />
			<section className="draftkeeper-card" aria-labelledby="draftkeeper-connection">
				<h2 id="draftkeeper-connection">{ __( 'Connection', 'draftkeeper' ) }</h2>
				<p>{ __( 'The gateway keeps the keys of your AI provider and writes the drafts. It knows this site by these names.', 'draftkeeper' ) }</p>
				<TextField
					{ ...field( 'gateway_url' ) }
					type="url"
					label={ __( 'Address of the gateway', 'draftkeeper' ) }
					placeholder="https://gateway.example"
					help={ __( 'Begins with https://; a gateway on this server may do without.', 'draftkeeper' ) }
				/>
				<div className="draftkeeper-columns">
					<TextField
						{ ...field( 'site_id' ) }
						dir="ltr"
						label={ __( 'Site ID', 'draftkeeper' ) }
						placeholder={ answer.suggested_site_id }
						help={ __( 'The name of this site in the gateway’s configuration.', 'draftkeeper' ) }
					/>
					<TextField
						{ ...field( 'key_id' ) }
						dir="ltr"
						label={ __( 'Key ID', 'draftkeeper' ) }
						help={ __( 'Which of this site’s public keys the gateway is to use.', 'draftkeeper' ) }
					/>
				</div>
				<CheckboxControl
					__nextHasNoMarginBottom
					label={ __( 'Show drafts while they are written', 'draftkeeper' ) }
					help={ locked.streaming ? lockedText( locked.streaming ) : __( 'Browsers read them from the gateway. Where they cannot, drafts appear when they are finished.', 'draftkeeper' ) }
					checked={ form.streaming }
					disabled={ locked.streaming !== undefined }
					onChange={ ( streaming ) => change( { streaming } ) }
				/>
				<SecretList secrets={ answer.secrets } />
				<NewKeys
					gatewayUrl={ form.gateway_url }
					siteId={ form.site_id || answer.suggested_site_id }
					hasKeys={ answer.secrets.some( ( secret ) => secret.is_required && secret.state !== 'missing' ) }
				/>
				<ConnectionTest isDirty={ settings.isDirty } />
			</section>
			<section className="draftkeeper-card" aria-labelledby="draftkeeper-retention">
				<h2 id="draftkeeper-retention">{ __( 'Keeping and deleting', 'draftkeeper' ) }</h2>
				<div className="draftkeeper-columns">
					<TextField
						{ ...field( 'text_days' ) }
						type="number"
						min={ 0 }
						max={ 36500 }
						label={ __( 'Days to keep texts', 'draftkeeper' ) }
						help={ __( 'Facts and drafts go so many days after the review. A draft that waits for its review never goes. 0: keep them, and the jobs that hold them.', 'draftkeeper' ) }
					/>
					<TextField
						{ ...field( 'row_days' ) }
						type="number"
						min={ 0 }
						max={ 36500 }
						label={ __( 'Days to keep jobs and books', 'draftkeeper' ) }
						help={ __( 'A job goes so many days after its review or its end, when its texts have gone. Older months of the books move into a private compressed file. 0: keep all of them here.', 'draftkeeper' ) }
					/>
				</div>
				<CheckboxControl
					__nextHasNoMarginBottom
					label={ __( 'Take mail addresses, phone and card numbers out of free text before it is sent', 'draftkeeper' ) }
					help={ locked.redaction ? lockedText( locked.redaction ) : __( 'Facts of the product, such as its number or price, are sent as they are.', 'draftkeeper' ) }
					checked={ form.redaction }
					disabled={ locked.redaction !== undefined }
					onChange={ ( redaction ) => change( { redaction } ) }
				/>
			</section>
			<section className="draftkeeper-card" aria-labelledby="draftkeeper-uninstall">
				<h2 id="draftkeeper-uninstall">{ __( 'When the plugin is deleted', 'draftkeeper' ) }</h2>
				<RadioControl
					label={ __( 'On uninstall', 'draftkeeper' ) }
					selected={ form.on_uninstall }
					disabled={ locked.on_uninstall !== undefined }
					help={ locked.on_uninstall ? lockedText( locked.on_uninstall ) : '' }
					options={ [
						{
							value: 'keep',
							label: __( 'Keep the books', 'draftkeeper' ),
							description: __( 'Jobs, drafts and the books stay in the database; installed again, the plugin goes on with them. Settings, limits and budgets go.', 'draftkeeper' ),
						},
						{
							value: 'delete',
							label: __( 'Delete everything', 'draftkeeper' ),
							description: __( 'All jobs, waiting drafts, the books and their archives go. What was accepted into posts stays.', 'draftkeeper' ),
						},
					] }
					onChange={ ( on_uninstall ) => change( { on_uninstall: on_uninstall === 'delete' ? 'delete' : 'keep' } ) }
				/>
				{ form.on_uninstall === 'delete' && (
					<Notice status="warning" isDismissible={ false }>
						{ __( 'Deleting the plugin will then delete every job, every draft that waits and the record of what was spent. Nobody can bring them back. Export the books first if you need them.', 'draftkeeper' ) }
					</Notice>
				) }
			</section>
			<SaveBar
				isDirty={ settings.isDirty }
				isSaving={ settings.isSaving }
				isSaved={ settings.isSaved }
				errorCount={ Object.keys( errors ).length }
				onUndo={ settings.undo }
			/>
		</form>
	);
}
