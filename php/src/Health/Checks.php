<?php

namespace Draftkeeper\Health;

defined( 'ABSPATH' ) || exit;

/** All checks by name, for Site Health and `wp draftkeeper doctor`. Those that send requests are `remote()`. */
final class Checks {
	public const REMOTE = array( 'gateway', 'webhook', 'authorization' );

	public function __construct(
		private readonly SecretsCheck $secrets,
		private readonly JobsCheck $jobs,
		private readonly GatewayCheck $gateway,
		private readonly LoopCheck $loop,
		private readonly StreamsCheck $streams,
		private readonly ArchiveCheck $archive,
	) {}

	/** @return array<string, callable(): ?Finding> null where there is nothing to check. */
	public function local(): array {
		return array(
			'secrets'      => $this->secrets->find( ... ),
			'tables'       => $this->jobs->tables( ... ),
			'waiting'      => $this->jobs->waiting( ... ),
			'sweep'        => $this->jobs->sweep( ... ),
			'clock'        => $this->jobs->clock( ... ),
			'limits'       => $this->jobs->limits( ... ),
			'object_cache' => $this->jobs->object_cache( ... ),
			'streams'      => $this->streams->find( ... ),
			'archive'      => $this->archive->find( ... ),
		);
	}

	/** @return array<string, callable(): ?Finding> */
	public function remote(): array {
		return array(
			'gateway'       => $this->gateway->find( ... ),
			'webhook'       => $this->loop->webhook( ... ),
			'authorization' => $this->loop->authorization( ... ),
		);
	}
}
