import type { Task } from '@draftkeeper/contract';
import { __ } from '@wordpress/i18n';

export const taskLabels = (): Record< Task, string > => ( { product_description: __( 'Product description', 'draftkeeper' ) } );
