import { useMutation } from '@tanstack/react-query';
import { Button, Notice } from '@wordpress/components';
import { useEffect, useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { fieldErrors } from '../../api/field-errors';
import { createKeys } from '../../api/settings';
import { ErrorNotice } from '../../ui/error-notice';
import { CopyBox } from '../shell/copy-box';
import { useUnsavedWarning } from '../shell/use-saved-form';

/** Makes keys and shows, once, the lines for wp-config.php and for the gateway. */
export function NewKeys( { gatewayUrl, siteId, hasKeys }: { gatewayUrl: string; siteId: string; hasKeys: boolean } ) {
	// Kept by nobody once it has been closed.
	const making = useMutation( { mutationFn: createKeys, gcTime: 0 } );
	const keys = making.data;
	const heading = useRef< HTMLHeadingElement >( null );
	const button = useRef< HTMLButtonElement >( null );
	useUnsavedWarning( keys !== undefined );
	const wasShown = useRef( false );
	useEffect( () => {
		if ( keys ) {
			heading.current?.focus();
		} else if ( wasShown.current ) {
			button.current?.focus();
		}
		wasShown.current = keys !== undefined;
	}, [ keys ] );

	if ( keys ) {
		return (
			<div className="draftkeeper-keys">
				<h3 ref={ heading } tabIndex={ -1 }>{ __( 'New keys', 'draftkeeper' ) }</h3>
				<Notice status="warning" isDismissible={ false }>
					{ __( 'These lines are shown once and stored nowhere. Copy them now; whoever has them can speak for this site.', 'draftkeeper' ) }
				</Notice>
				<ol>
					<li><CopyBox label={ __( 'In wp-config.php, above “That’s all, stop editing!”', 'draftkeeper' ) } text={ keys.config_lines } /></li>
					<li><CopyBox label={ __( 'In “sites” of the gateway’s file; a running gateway follows it', 'draftkeeper' ) } text={ keys.gateway_site } /></li>
					<li><CopyBox label={ __( 'In the gateway’s file with secrets, or in its environment, with a restart', 'draftkeeper' ) } text={ keys.gateway_environment } /></li>
					<li>{ __( 'Load this page again and test the connection.', 'draftkeeper' ) }</li>
				</ol>
				<Button __next40pxDefaultSize variant="secondary" onClick={ () => making.reset() }>{ __( 'I have copied them: hide the keys', 'draftkeeper' ) }</Button>
			</div>
		);
	}
	const problems = Object.values( fieldErrors( making.error ) );
	return (
		<div className="draftkeeper-action">
			<Button
				__next40pxDefaultSize
				ref={ button }
				variant="secondary"
				isBusy={ making.isPending }
				accessibleWhenDisabled
				disabled={ making.isPending || gatewayUrl.trim() === '' }
				aria-describedby="draftkeeper-keys-hint"
				onClick={ () => making.mutate( { gateway_url: gatewayUrl, site_id: siteId } ) }
			>
				{ __( 'Make new keys', 'draftkeeper' ) }
			</Button>
			<p id="draftkeeper-keys-hint">{ hintText( gatewayUrl, hasKeys ) }</p>
			{ problems.map( ( problem ) => <Notice key={ problem } status="error" isDismissible={ false }>{ problem }</Notice> ) }
			{ making.error instanceof ApiError && problems.length === 0 && <ErrorNotice failure={ making.error } /> }
		</div>
	);
}

function hintText( gatewayUrl: string, hasKeys: boolean ): string {
	if ( gatewayUrl.trim() === '' ) {
		return __( 'Enter the address of the gateway first.', 'draftkeeper' );
	}
	return hasKeys
		? __( 'The present keys stay valid until you replace them. While only one side has the new ones, jobs wait; none is lost.', 'draftkeeper' )
		: __( 'Makes a signing key and a webhook secret and shows where each belongs. Nothing is stored.', 'draftkeeper' );
}
