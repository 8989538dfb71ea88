/** The password of every local user, the administrator's too. */
export const LOCAL_PASSWORD = 'password';

export type LocalUser = { login: string; role: string };

/** Run at each start; does nothing that has been done. */
export function setupPhp( users: readonly LocalUser[] ): string {
	return `
$users = json_decode( ${ phpString( JSON.stringify( users ) ) }, true );
foreach ( $users as $user ) {
	if ( ! username_exists( $user['login'] ) ) {
		wp_insert_user( array(
			'user_login'   => $user['login'],
			'user_pass'    => ${ phpString( LOCAL_PASSWORD ) },
			'user_email'   => $user['login'] . '@example.org',
			'display_name' => ucfirst( $user['login'] ),
			'role'         => $user['role'],
		) );
	}
}
update_option( 'show_avatars', 0 );
if ( get_option( 'permalink_structure' ) !== '/%postname%/' ) {
	global $wp_rewrite;
	$wp_rewrite->set_permalink_structure( '/%postname%/' );
}
foreach ( array( 'draftkeeper/draftkeeper.php', 'draftkeeper-demo/draftkeeper-demo.php' ) as $plugin ) {
	if ( file_exists( WP_PLUGIN_DIR . '/' . $plugin ) && ! is_plugin_active( $plugin ) ) {
		$result = activate_plugin( $plugin );
		if ( is_wp_error( $result ) ) {
			throw new RuntimeException( $plugin . ' could not be activated: ' . $result->get_error_message() );
		}
	}
}
flush_rewrite_rules();
`;
}

/** Prints the seeded products as JSON. */
export const PRODUCTS_PHP = `
$posts = get_posts( array( 'post_type' => 'dk_product', 'post_status' => 'any', 'numberposts' => 100, 'orderby' => 'ID', 'order' => 'ASC' ) );
echo wp_json_encode( array_map( fn ( $post ) => array( 'id' => $post->ID, 'title' => $post->post_title, 'content' => $post->post_content, 'status' => $post->post_status ), $posts ) );
`;

/** A PHP string literal that holds exactly this text. */
export function phpString( text: string ): string {
	return `'${ text.replaceAll( '\\', '\\\\' ).replaceAll( '\'', '\\\'' ) }'`;
}
