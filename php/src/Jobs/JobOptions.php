<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Contract\Contract;
use stdClass;

defined( 'ABSPATH' ) || exit;

/** How a draft is to be written: what the caller asked for, inside the contract's bounds and complete. */
final class JobOptions {
	private const LANGUAGE_TAG = '/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/D';

	/** @param string $site_language a BCP 47 tag, as `get_bloginfo( 'language' )` gives it. */
	public static function complete( stdClass $asked, string $site_language ): stdClass {
		return (object) array(
			'tone'              => $asked->tone ?? 'plain',
			'words'             => (int) self::clamp( 'words', $asked->words ?? null ),
			'audience'          => $asked->audience ?? '',
			'keywords'          => $asked->keywords ?? array(),
			'language'          => $asked->language ?? ( 1 === preg_match( self::LANGUAGE_TAG, $site_language ) ? $site_language : 'en' ),
			'temperature'       => (float) self::clamp( 'temperature', $asked->temperature ?? null ),
			'max_output_tokens' => (int) self::clamp( 'max_output_tokens', $asked->max_output_tokens ?? null ),
		);
	}

	private static function clamp( string $name, int|float|null $value ): int|float {
		$bounds = Contract::table( 'option_bounds' )[ $name ];
		return max( $bounds['min'], min( $bounds['max'], $value ?? $bounds['default'] ) );
	}
}
