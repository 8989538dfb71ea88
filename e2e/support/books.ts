import type { Site } from '../../tools/site/site.ts';
import { phpString } from '../../tools/site/setup-php.ts';

/** Columns as WordPress's database layer gives them: text or null. */
export type Row = Record< string, string | null >;

/** What is written in the site's own tables: the last word on what happened. */
export class Books {
	readonly #site: Site;

	constructor( site: Site ) {
		this.#site = site;
	}

	jobsOf( postId: number ): Promise< Row[] > {
		return this.#rows( `SELECT * FROM {$wpdb->prefix}draftkeeper_jobs WHERE post_id = ${ postId } ORDER BY id` );
	}

	attemptsOf( postId: number ): Promise< Row[] > {
		return this.#rows( `SELECT * FROM {$wpdb->prefix}draftkeeper_usage_log WHERE post_id = ${ postId } ORDER BY id` );
	}

	async contentOf( postId: number ): Promise< string > {
		return this.#site.runPhp( `echo get_post( ${ postId } )->post_content;` );
	}

	/** What WP-Cron does once a minute. */
	async sweep(): Promise< void > {
		await this.#site.runPhp( 'do_action( \'draftkeeper_sweep\' );' );
	}

	/** A product of its own for one test; its facts are those of the demo's post type. */
	async newProduct( product: { title: string; content?: string; status?: string; author?: string } ): Promise< number > {
		return Number( await this.#site.runPhp( `
			echo wp_insert_post( wp_slash( array(
				'post_type'    => 'dk_product',
				'post_title'   => ${ phpString( product.title ) },
				'post_content' => ${ phpString( product.content ?? '' ) },
				'post_status'  => ${ phpString( product.status ?? 'publish' ) },
				'post_author'  => get_user_by( 'login', ${ phpString( product.author ?? 'admin' ) } )->ID,
			) ), true );` ) );
	}

	async #rows( query: string ): Promise< Row[] > {
		return JSON.parse( await this.#site.runPhp( `global $wpdb; echo wp_json_encode( $wpdb->get_results( "${ query }", ARRAY_A ) );` ) ) as Row[];
	}
}
