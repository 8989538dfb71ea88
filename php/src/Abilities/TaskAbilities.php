<?php

namespace Draftkeeper\Abilities;

use Closure;
use Draftkeeper\Contract\Contract;
use Draftkeeper\Jobs\JobAccess;
use Draftkeeper\Jobs\JobStatus;
use Draftkeeper\Settings\Capability;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/** One ability per task, where WordPress has abilities (6.9 and later): each makes a job and returns at once. */
final class TaskAbilities {
	private const CATEGORY = 'draftkeeper';

	/** @param Closure(): \Draftkeeper\Jobs\JobRequests $requests made when an ability is used. */
	public function __construct( private readonly Closure $requests, private readonly JobAccess $access ) {}

	public function register(): void {
		// On older versions of WordPress nobody ever fires these.
		add_action( 'wp_abilities_api_categories_init', $this->add_category( ... ) );
		add_action( 'wp_abilities_api_init', $this->add_abilities( ... ) );
	}

	/**
	 * The ability of a task: `draftkeeper/product-description`.
	 *
	 * @return lowercase-string&non-falsy-string
	 */
	public static function name( string $task ): string {
		return 'draftkeeper/' . strtolower( str_replace( '_', '-', $task ) );
	}

	private function add_category(): void {
		wp_register_ability_category(
			self::CATEGORY,
			array(
				'label'       => __( 'Drafts', 'draftkeeper' ),
				'description' => __( 'Ask for drafts that wait for a person\'s review.', 'draftkeeper' ),
			)
		);
	}

	private function add_abilities(): void {
		foreach ( Contract::schema( 'create_job' )['properties']['task']['enum'] as $task ) {
			wp_register_ability(
				self::name( $task ),
				array(
					'label'               => self::label( $task ),
					'description'         => __( 'Creates a job that writes a draft from the facts given. Returns the id of the job at once; the draft waits for a review and changes nothing by itself.', 'draftkeeper' ),
					'category'            => self::CATEGORY,
					'input_schema'        => self::input(),
					'output_schema'       => self::output(),
					'permission_callback' => fn( mixed $input = null ): bool => $this->may( $input ),
					'execute_callback'    => fn( mixed $input = null ): array|WP_Error => $this->create( $task, (array) $input ),
					'meta'                => array(
						'annotations'  => array( 'readonly' => false, 'destructive' => false, 'idempotent' => false ),
						'show_in_rest' => true,
					),
				)
			);
		}
	}

	private function may( mixed $input ): bool {
		$post_id = is_array( $input ) ? ( $input['post_id'] ?? null ) : null;
		return current_user_can( Capability::GENERATE ) && ( null === $post_id || ( is_int( $post_id ) && $this->access->may_edit_post( $post_id ) ) );
	}

	/**
	 * @param array<string, mixed> $input
	 * @return array{uuid: string, status: string}|WP_Error
	 */
	private function create( string $task, array $input ): array|WP_Error {
		// What is no key of the contract is refused there, a second task included.
		$job = ( $this->requests )()->create( array( 'task' => $task ) + array_diff_key( $input, array( 'task' => true ) ) );
		return is_wp_error( $job ) ? $job : array( 'uuid' => $job['uuid'], 'status' => $job['status'] );
	}

	private static function label( string $task ): string {
		return match ( $task ) {
			'product_description' => __( 'Draft a product description', 'draftkeeper' ),
			/* translators: %s: name of a task, such as "alt text". */
			default => sprintf( __( 'Draft: %s', 'draftkeeper' ), str_replace( '_', ' ', $task ) ),
		};
	}

	/** @return array<string, mixed> */
	private static function input(): array {
		$schema             = Contract::schema( 'create_job' );
		$schema['required'] = array_values( array_diff( $schema['required'], array( 'task' ) ) );
		unset( $schema['properties']['task'] );
		return $schema;
	}

	/** @return array<string, mixed> */
	private static function output(): array {
		return array(
			'type'                 => 'object',
			'properties'           => array(
				'uuid'   => array( 'type' => 'string', 'description' => __( 'The id of the job, for the route /draftkeeper/v1/jobs/{uuid}.', 'draftkeeper' ) ),
				'status' => array( 'type' => 'string', 'enum' => array_column( JobStatus::cases(), 'value' ) ),
			),
			'required'             => array( 'uuid', 'status' ),
			'additionalProperties' => false,
		);
	}
}
