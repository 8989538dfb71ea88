import domReady from '@wordpress/dom-ready';
import { createRoot } from '@wordpress/element';
import { getBootstrap } from '../api/bootstrap';
import { App } from './app';
import './admin.scss';

domReady( () => {
	const element = document.getElementById( 'draftkeeper-admin' );
	if ( element ) {
		createRoot( element ).render( <App page={ element.dataset[ 'page' ] ?? '' } bootstrap={ getBootstrap() } /> );
	}
} );
