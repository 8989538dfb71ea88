<?php

namespace Draftkeeper\Privacy;

use Draftkeeper\Retention\RetentionSettings;

defined( 'ABSPATH' ) || exit;

/** The text that WordPress suggests for a site's privacy policy. */
final class PrivacyPolicy {
	public function __construct( private readonly RetentionSettings $retention ) {}

	public function register(): void {
		add_action( 'admin_init', $this->suggest( ... ) );
	}

	private function suggest(): void {
		if ( function_exists( 'wp_add_privacy_policy_content' ) ) {
			wp_add_privacy_policy_content( 'Draftkeeper', wp_kses_post( $this->text() ) );
		}
	}

	private function text(): string {
		$paragraphs = array(
			__( 'People who write for this site may ask for drafts that are written with AI. We store who asked, for which post, what was asked, the draft, who reviewed it, and what it cost.', 'draftkeeper' ),
			__( 'What a draft needs (data of the product, wishes of style and length) is sent to our gateway and from there to a provider of language models. Names and mail addresses of our people are not sent; a pseudonym is.', 'draftkeeper' ),
			$this->periods(),
			__( 'When an account is deleted, or its owner asks for it, the records of cost stay without the person.', 'draftkeeper' ),
		);
		return '<p class="privacy-policy-tutorial">' . __( 'Draftkeeper concerns people who work on this site, not its visitors. Name the provider that your gateway uses.', 'draftkeeper' ) . '</p><p>' . implode( '</p><p>', $paragraphs ) . '</p>';
	}

	private function periods(): string {
		$texts = $this->retention->text_days();
		$rows  = $this->retention->row_days();
		/* translators: %d: number of days. */
		$parts = array( $texts > 0 ? sprintf( __( 'Texts are removed %d days after the review of a draft.', 'draftkeeper' ), $texts ) : __( 'Texts of drafts are kept.', 'draftkeeper' ) );
		/* translators: %d: number of days. */
		$parts[] = $rows > 0 ? sprintf( __( 'Records of who asked and what it cost are archived after %d days.', 'draftkeeper' ), $rows ) : __( 'Records of who asked and what it cost are kept.', 'draftkeeper' );
		return implode( ' ', $parts );
	}
}
