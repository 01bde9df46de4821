extension Books {
    /// What the status page is read by: the few rows that wait, failed or were refused, among very many that did not. A row
    /// that is none of them costs these indexes a comparison.
    static let statusPageIndexes = """
        CREATE INDEX record_stuck ON record(state, entity) WHERE state = 'held' OR state = 'failed';
        CREATE INDEX turned_away_refused ON turned_away(since) WHERE is_refusal = 1;
        CREATE INDEX file_rejected ON file(intake) WHERE outcome = 'rejected';
        """
}
