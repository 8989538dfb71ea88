<?php

namespace Draftkeeper\Admin;

use Draftkeeper\Facts\FactSources;
use Draftkeeper\Models\ModelCatalogue;
use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\Connection;

defined( 'ABSPATH' ) || exit;

/** What the editor's and the admin app's scripts are told on load, as `window.draftkeeper`. */
final class Bootstrap {
	public function __construct( private readonly Connection $connection, private readonly FactSources $facts, private readonly ModelCatalogue $models ) {}

	/** Prints it before a registered script. */
	public function add_to( string $script ): void {
		$json = wp_json_encode( $this->data(), JSON_HEX_TAG | JSON_UNESCAPED_SLASHES );
		wp_add_inline_script( $script, "window.draftkeeper = $json;", 'before' );
	}

	/** @return array<string, mixed> the contract's `bootstrap` for the current user. */
	public function data(): array {
		$may_view   = current_user_can( Capability::VIEW_USAGE );
		$may_manage = current_user_can( Capability::MANAGE );
		return array(
			'state'       => $this->connection->state(),
			'can'         => array(
				'generate'   => current_user_can( Capability::GENERATE ),
				'view_usage' => $may_view,
				'manage'     => $may_manage,
			),
			'user_id'     => get_current_user_id(),
			'post_types'  => $this->facts->post_types(),
			'models'      => current_user_can( Capability::GENERATE ) ? $this->models->choices() : array(),
			'connect_url' => $may_manage ? Screens::url( Screens::SETTINGS ) : null,
			'limits_url'  => current_user_can( Capability::GENERATE ) ? Screens::url( Screens::MINE ) : null,
			'export_url'  => $may_view ? add_query_arg( '_wpnonce', wp_create_nonce( 'wp_rest' ), rest_url( 'draftkeeper/v1/usage/export' ) ) : null,
		);
	}
}
