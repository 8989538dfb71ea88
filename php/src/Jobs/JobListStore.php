<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Settings\RequestId;
use wpdb;

defined( 'ABSPATH' ) || exit;

/**
 * Reads pages of jobs, newest first, without their texts.
 *
 * Every page names its index: left alone, MariaDB takes the one of a filter that fits a third of the table, or sorts.
 */
final class JobListStore {
	/** From here on all filters count as wide: a page is full before very many entries of the index are read. */
	private const WIDE = 501;

	/** The index that leads to the rows of each filter in the order of a page; narrow ones first. */
	private const INDEXES = array(
		'post_id' => 'post_id_list',
		'user_id' => 'user_id_list',
		'review'  => 'status_review_list',
		'model'   => 'model_list',
		'status'  => 'status_list',
		'task'    => 'task_created_at',
	);

	public function __construct( private readonly wpdb $database, private readonly JobTable $table ) {}

	/**
	 * The next jobs that fit the filters; a search is not looked at here.
	 *
	 * @return list<Job>
	 */
	public function page( JobQuery $query, int $limit ): array {
		$filters = $this->filters( $query );
		return $this->select( $this->index( $filters, $query ), $filters, $query, $limit );
	}

	/**
	 * The next jobs that fit the filters and that an id or a reference names exactly, or that belong to one of these posts.
	 *
	 * @param list<int> $post_ids
	 * @return list<Job>
	 */
	public function found( JobQuery $query, string $name, array $post_ids, int $limit ): array {
		$filters = $this->filters( $query );
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
			foreach ( $this->select( $index, array( ...$filters, $source ), $query, $limit ) as $job ) {
				$found[ $job->id ] = $job;
			}
		}
		usort( $found, static fn( Job $one, Job $other ) => array( $other->created_at, $other->id ) <=> array( $one->created_at, $one->id ) );
		return array_slice( $found, 0, $limit );
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

	/** @return array<string, string> conditions by filter. */
	private function filters( JobQuery $query ): array {
		$equal  = fn( string $column, string|int|null $value ): ?string => null === $value ? null : $this->database->prepare( "$column = " . ( is_int( $value ) ? '%d' : '%s' ), $value );
		$review = match ( $query->review ) {
			null => null,
			JobQuery::WAITING => "status = 'succeeded' AND review IS NULL",
			default => $this->database->prepare( "status = 'succeeded' AND review = %s", $query->review ),
		};
		return array_filter(
			array(
				'post_id' => $equal( 'post_id', $query->post_id ),
				'user_id' => $equal( 'user_id', $query->user_id ),
				'review'  => $review,
				'model'   => $equal( 'model', $query->model ),
				'status'  => $equal( 'status', $query->status ),
				'task'    => $equal( 'task', $query->task ),
			),
			is_string( ... )
		);
	}

	/**
	 * The index of the filter that leaves the fewest rows, as far as that is worth counting.
	 *
	 * @param array<string, string> $filters
	 */
	private function index( array $filters, JobQuery $query ): string {
		if ( isset( $filters['post_id'] ) ) {
			// Jobs of one post are few, and their index holds what most filters ask for.
			return self::INDEXES['post_id'];
		}
		if ( count( $filters ) < 2 ) {
			return self::INDEXES[ key( $filters ) ] ?? 'created_at';
		}
		$range  = $this->range( $query );
		$counts = array();
		foreach ( $filters as $name => $filter ) {
			$counts[ $name ] = $this->database->prepare( '(SELECT COUNT(*) FROM (SELECT 1 AS one FROM %i FORCE INDEX (%i)', $this->table->name(), self::INDEXES[ $name ] )
				. ' WHERE ' . implode( ' AND ', array( $filter, ...$range ) ) . ' LIMIT ' . self::WIDE . ") AS counted_$name) AS $name";
		}
		// All in one question.
		$counts = array_map( 'intval', $this->rows( 'SELECT ' . implode( ', ', $counts ) )[0] );
		// A stable sort: of equally wide ones the first wins.
		asort( $counts );
		return self::INDEXES[ (string) array_key_first( $counts ) ] ?? 'created_at';
	}

	/**
	 * @param array<string> $conditions
	 * @return list<Job>
	 */
	private function select( string $index, array $conditions, JobQuery $query, int $limit ): array {
		$where = array( ...array_values( $conditions ), ...$this->range( $query ) );
		// First the ids, from the index alone: read backwards, MariaDB would fetch every row before it looks at the other filters.
		$sql = $this->database->prepare( 'SELECT id FROM %i FORCE INDEX (%i)', $this->table->name(), $index )
			. ( array() === $where ? '' : ' WHERE ' . implode( ' AND ', $where ) ) . ' ORDER BY created_at DESC, id DESC LIMIT ' . $limit;
		$ids = array_map( 'intval', array_column( $this->rows( $sql ), 'id' ) );
		if ( array() === $ids ) {
			return array();
		}
		$jobs  = $this->jobs( $this->database->prepare( 'SELECT ' . JobStore::SUMMARY . ' FROM %i', $this->table->name() ) . ' WHERE id IN (' . implode( ', ', $ids ) . ')' );
		$by_id = array_column( $jobs, null, 'id' );
		// Cleaned up between the two: left out.
		return array_values( array_filter( array_map( static fn( int $id ) => $by_id[ $id ] ?? null, $ids ) ) );
	}

	/** @return list<string> */
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
		return $range;
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
