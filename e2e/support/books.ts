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

	/** What the sweep does once an hour, and not for some minutes after the gateway was down: it brings the list of models. */
	async refreshModels(): Promise< void > {
		await this.#site.runPhp( 'delete_option( \'draftkeeper_models\' ); do_action( \'draftkeeper_sweep\' );' );
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

	/** Calls of the year 2020, from the cheapest to the dearest, each a day after the one before. */
	async addCallsOf2020( postId: number, count: number ): Promise< void > {
		await this.#site.runPhp( `
			global $wpdb;
			for ( $number = 1; $number <= ${ count }; ++$number ) {
				$day = gmdate( 'Y-m-d', strtotime( '2020-01-01 UTC' ) + $number * 86400 );
				$id  = sprintf( '20200000-0000-4000-8000-%012d', $number );
				$wpdb->insert( "{$wpdb->prefix}draftkeeper_usage_log", array(
					'job_id' => 2020000000 + $number, 'job_uuid' => $id, 'attempt' => 1, 'user_id' => 1, 'role' => 'administrator', 'post_id' => ${ postId },
					'task' => 'product_description', 'provider' => 'local', 'model' => 0 === $number % 2 ? 'even-model' : 'odd-model', 'tokens_in' => 100, 'tokens_out' => 50,
					'cost_micros' => $number * 10000, 'cached' => 0, 'queue_ms' => 5, 'provider_ms' => 900, 'status' => 'succeeded', 'request_id' => $id,
					'created_at' => "$day 10:00:00", 'day' => $day,
				) );
			}
			$log = new Draftkeeper\\Usage\\UsageTable( $wpdb );
			( new Draftkeeper\\Usage\\UsageRollup( $wpdb, $log, new Draftkeeper\\Usage\\UsageDailyTable( $wpdb ), new Draftkeeper\\Jobs\\Transactions( $wpdb ) ) )->recompute();
		` );
	}

	/** A day of 2019 that was busier than anything that can be sorted; only its sum is there. */
	async addBusyDayOf2019( calls: number ): Promise< void > {
		await this.#site.runPhp( `
			global $wpdb;
			$wpdb->insert( "{$wpdb->prefix}draftkeeper_usage_daily", array(
				'day' => '2019-06-01', 'user_id' => 1, 'status' => 'succeeded', 'cached' => 0, 'task' => 'product_description', 'provider' => 'local', 'model' => 'even-model',
				'attempts' => ${ calls }, 'tokens_in' => 1, 'tokens_out' => 1, 'cost_micros' => 1,
			) );
		` );
	}

	async #rows( query: string ): Promise< Row[] > {
		return JSON.parse( await this.#site.runPhp( `global $wpdb; echo wp_json_encode( $wpdb->get_results( "${ query }", ARRAY_A ) );` ) ) as Row[];
	}
}
