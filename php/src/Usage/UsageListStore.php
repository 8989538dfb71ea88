<?php

namespace Draftkeeper\Usage;

use Draftkeeper\Lists\IndexPage;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** Reads pages of the books. */
final class UsageListStore {
	/** So many rows at most can be put in another order than that of time: it takes reading all of them. */
	public const MAX_SORTED = 10000;

	/** An id is newer than those before it; a row that came back from an archive stands on its day all the same. */
	private const ORDER = array( 'day', 'id' );

	public function __construct( private readonly wpdb $database, private readonly UsageTable $table ) {}

	/** @return list<array<string, ?string>> the next rows that fit, in the order asked for. */
	public function page( UsageQuery $query, int $limit ): array {
		$ids = $query->is_by_time() ? $this->in_time( $query, $limit ) : $this->sorted( $query, $limit );
		if ( array() === $ids ) {
			return array();
		}
		$rows = array_column( $this->rows( $this->database->prepare( 'SELECT * FROM %i', $this->table->name() ) . ' WHERE id IN (' . implode( ', ', $ids ) . ')' ), null, 'id' );
		// Moved into an archive between the two: left out.
		return array_values( array_filter( array_map( static fn( int $id ) => $rows[ $id ] ?? null, $ids ) ) );
	}

	/** @return list<int> */
	private function in_time( UsageQuery $query, int $limit ): array {
		list( $index, $sets ) = $this->index( $query );
		$range                = $this->days( $query );
		if ( null !== $query->after ) {
			$beyond = $query->is_descending() ? '<' : '>';
			// Each half is the beginning of a stretch; with `day <=` in front of them MariaDB would read the day from its end.
			$range[] = $this->database->prepare( "(day $beyond %s OR (day = %s AND id $beyond %d))", $query->after['value'], $query->after['value'], $query->after['id'] );
		}
		$ranges = array() === $range ? array() : array( array( implode( ' AND ', $range ) ) );
		return ( new IndexPage( $this->database ) )->ids( $this->table->name(), $index, IndexPage::stretches( array( ...$sets, ...$ranges ) ), self::ORDER, $query->is_descending(), $limit );
	}

	/** @return list<int> whoever asks has made sure that they are no more than MAX_SORTED. */
	private function sorted( UsageQuery $query, int $limit ): array {
		list( $index, $sets ) = $this->index( $query );
		$conditions           = array( ...array_map( static fn( array $set ) => '(' . implode( ' OR ', $set ) . ')', $sets ), ...$this->days( $query ) );
		list( $order, $beyond ) = $query->is_descending() ? array( 'DESC', '<' ) : array( 'ASC', '>' );

		// What is unknown comes before 0.
		$sql = $this->database->prepare( 'SELECT id FROM (SELECT id, COALESCE(%i + 1, 0) AS sorted_by FROM %i FORCE INDEX (%i)', $query->orderby, $this->table->name(), $index )
			. ( array() === $conditions ? '' : ' WHERE ' . implode( ' AND ', $conditions ) ) . ') AS calls'
			. ( null === $query->after ? '' : $this->database->prepare( " WHERE sorted_by $beyond %d OR (sorted_by = %d AND id $beyond %d)", $query->after['value'], $query->after['value'], $query->after['id'] ) )
			. " ORDER BY sorted_by $order, id $order LIMIT $limit";
		return array_map( 'intval', array_column( $this->rows( $sql ), 'id' ) );
	}

	/** @return array{string, list<list<string>>} the index of the filters, and for each of its columns before the day the values that fit. */
	private function index( UsageQuery $query ): array {
		$each   = fn( string $column, array $values ): array => array_map( fn( string|int $value ) => $this->database->prepare( '%i = ' . ( is_int( $value ) ? '%d' : '%s' ), $column, $value ), array_values( $values ) );
		$user   = $each( 'user_id', $query->user_ids );
		$model  = $each( 'model', null === $query->model ? array() : array( $query->model ) );
		$status = $each( 'status', array() === $query->statuses ? UsageQuery::statuses() : $query->statuses );
		return match ( true ) {
			array() !== $user && array() !== $model => array( 'user_id_model_page', array( $user, $model, $status ) ),
			array() !== $user => array( 'user_id_page', array( $user, $status ) ),
			array() !== $model => array( 'model_page', array( $model, $status ) ),
			array() !== $query->statuses => array( 'status_page', array( $status ) ),
			default => array( 'day_page', array() ),
		};
	}

	/** @return list<string> */
	private function days( UsageQuery $query ): array {
		return array(
			...( null === $query->from ? array() : array( $this->database->prepare( 'day >= %s', $query->from ) ) ),
			...( null === $query->to ? array() : array( $this->database->prepare( 'day <= %s', $query->to ) ) ),
		);
	}

	/** @return list<array<string, ?string>> */
	private function rows( string $sql ): array {
		$rows = $this->database->get_results( $sql, ARRAY_A );
		if ( '' !== $this->database->last_error ) {
			throw new \RuntimeException( "The database refused a query: {$this->database->last_error}" );
		}
		return array_values( (array) $rows );
	}
}
