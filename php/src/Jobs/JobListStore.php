<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Lists\IndexPage;
use Draftkeeper\Settings\RequestId;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** Reads pages of jobs, newest first, without their texts. */
final class JobListStore {
	private const ORDER = array( 'created_at', 'id' );

	private readonly IndexPage $pages;

	public function __construct( private readonly wpdb $database, private readonly JobTable $table ) {
		$this->pages = new IndexPage( $database );
	}

	/**
	 * The next jobs that fit the filters; a search is not looked at here.
	 *
	 * @return list<Job>
	 */
	public function page( JobQuery $query, int $limit ): array {
		$user  = $this->equal( 'user_id', $query->user_id );
		$model = $this->equal( 'model', $query->model );
		$task  = $this->task( $query );
		$state = array( $this->states( $query ) );
		list( $index, $stretches ) = match ( true ) {
			null !== $query->post_id => array( 'post_id_list', array( array( implode( ' AND ', $this->filters( $query ) ) ) ) ),
			array() !== $user && array() !== $model => array( 'user_id_model_page', array( $user, $model, ...$state ) ),
			array() !== $user => array( 'user_id_page', array( $user, ...$state ) ),
			array() !== $model => array( 'model_page', array( $model, ...$state ) ),
			null !== $query->status || null !== $query->review => array( 'status_review_page', $state ),
			default => array( 'created_at', array() ),
		};
		$common = array_values( array_filter( array( $task, $this->range( $query ) ) ) );
		return $this->select( $index, IndexPage::stretches( array( ...$stretches, ...$common ) ), $limit );
	}

	/**
	 * The next jobs that fit the filters and that an id or a reference names exactly, or that belong to one of these posts.
	 *
	 * @param list<int> $post_ids
	 * @return list<Job>
	 */
	public function found( JobQuery $query, string $name, array $post_ids, int $limit ): array {
		$sources = array( 'client_ref_created_at' => $this->database->prepare( 'client_ref = %s', $name ) );
		$id = RequestId::parse( $name );
		if ( null !== $id ) {
			$sources['uuid']       = $this->database->prepare( 'uuid = %s', $id );
			$sources['request_id'] = $this->database->prepare( 'request_id = %s', $id );
		}
		if ( array() !== $post_ids ) {
			$sources['post_id_list'] = 'post_id IN (' . implode( ', ', array_map( 'intval', $post_ids ) ) . ')';
		}
		$found = array();
		foreach ( $sources as $index => $source ) {
			$conditions = array( $source, ...$this->filters( $query ), ...$this->range( $query ) );
			foreach ( $this->select( $index, array( implode( ' AND ', $conditions ) ), $limit ) as $job ) {
				$found[ $job->id ] = $job;
			}
		}
		usort( $found, static fn( Job $one, Job $other ) => array( $other->created_at, $other->id ) <=> array( $one->created_at, $one->id ) );
		return array_slice( $found, 0, $limit );
	}

	/** How many jobs fit the filters; reads each of them, so not for a page. A search is not looked at here. */
	public function count( JobQuery $query ): int {
		$conditions = array( ...$this->filters( $query ), ...$this->range( $query ) );
		$where      = array() === $conditions ? '' : ' WHERE ' . implode( ' AND ', $conditions );
		return (int) $this->rows( $this->database->prepare( 'SELECT COUNT(*) AS jobs FROM %i', $this->table->name() ) . $where )[0]['jobs'];
	}

	/**
	 * Jobs by id, with their texts, newest first.
	 *
	 * @param list<string> $uuids
	 * @return list<Job>
	 */
	public function named( array $uuids ): array {
		$in  = implode( ', ', array_map( fn( string $uuid ) => $this->database->prepare( '%s', $uuid ), $uuids ) );
		$sql = $this->database->prepare( 'SELECT ' . JobStore::COLUMNS . ' FROM %i', $this->table->name() ) . " WHERE uuid IN ($in) ORDER BY id DESC";
		return $this->jobs( $sql );
	}

	/** @return list<string> a condition for each filter. */
	private function filters( JobQuery $query ): array {
		$state = null === $query->status && null === $query->review ? array() : array( '(' . implode( ' OR ', $this->states( $query ) ) . ')' );
		return array( ...$this->equal( 'post_id', $query->post_id ), ...$this->equal( 'user_id', $query->user_id ), ...$this->equal( 'model', $query->model ), ...$state, ...$this->task( $query ) );
	}

	/** @return list<string> none, or one. The only task that there is narrows nothing down. */
	private function task( JobQuery $query ): array {
		return array( $query->task ) === JobQuery::tasks() ? array() : $this->equal( 'task', $query->task );
	}

	/** @return list<string> none, or one. */
	private function equal( string $column, string|int|null $value ): array {
		return null === $value ? array() : array( $this->database->prepare( '%i = ' . ( is_int( $value ) ? '%d' : '%s' ), $column, $value ) );
	}

	/** @return list<string> the stretches of an index by status and review that fit: only what has succeeded is ever reviewed. */
	private function states( JobQuery $query ): array {
		$states = array();
		foreach ( null === $query->status ? JobQuery::statuses() : array( $query->status ) as $status ) {
			$reviews = JobStatus::Succeeded->value === $status ? JobQuery::REVIEWS : array( null );
			foreach ( null === $query->review ? $reviews : array_intersect( $reviews, array( $query->review ) ) as $review ) {
				$is_reviewed = null !== $review && JobQuery::WAITING !== $review;
				$states[]    = $this->database->prepare( 'status = %s AND ', $status ) . ( $is_reviewed ? $this->database->prepare( 'review = %s', $review ) : 'review IS NULL' );
			}
		}
		return array() === $states ? array( '1 = 0' ) : $states;
	}

	/**
	 * @param list<string> $stretches
	 * @return list<Job>
	 */
	private function select( string $index, array $stretches, int $limit ): array {
		$ids = $this->pages->ids( $this->table->name(), $index, $stretches, self::ORDER, true, $limit );
		if ( array() === $ids ) {
			return array();
		}
		$jobs  = $this->jobs( $this->database->prepare( 'SELECT ' . JobStore::SUMMARY . ' FROM %i', $this->table->name() ) . ' WHERE id IN (' . implode( ', ', $ids ) . ')' );
		$by_id = array_column( $jobs, null, 'id' );
		// Cleaned up between the two: left out.
		return array_values( array_filter( array_map( static fn( int $id ) => $by_id[ $id ] ?? null, $ids ) ) );
	}

	/** @return list<string> one condition, if any. */
	private function range( JobQuery $query ): array {
		$range = array();
		if ( null !== $query->from ) {
			$range[] = $this->database->prepare( 'created_at >= %s', $query->from );
		}
		if ( null !== $query->until ) {
			$range[] = $this->database->prepare( 'created_at < %s', $query->until );
		}
		if ( null !== $query->after ) {
			// A pair in brackets would read the whole index.
			$time    = $query->after['created_at'];
			$range[] = $this->database->prepare( 'created_at <= %s AND (created_at < %s OR id < %d)', $time, $time, $query->after['id'] );
		}
		return array() === $range ? array() : array( implode( ' AND ', $range ) );
	}

	/** @return list<Job> */
	private function jobs( string $sql ): array {
		return array_map( Job::from_row( ... ), $this->rows( $sql ) );
	}

	/** @return list<array<string, ?string>> */
	private function rows( string $sql ): array {
		$rows = $this->database->get_results( $sql, ARRAY_A );
		if ( '' !== $this->database->last_error ) {
			throw new \RuntimeException( "The database refused a query: {$this->database->last_error}" );
		}
		return $rows ?: array();
	}
}
