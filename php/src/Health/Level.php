<?php

namespace Draftkeeper\Health;

defined( 'ABSPATH' ) || exit;

/** How urgent a finding is, in the words of Site Health. */
enum Level: string {
	case Good        = 'good';
	case Recommended = 'recommended';
	case Critical    = 'critical';
}
