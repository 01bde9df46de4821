extension Books {
    /// What the status page is read by: the few rows that wait, failed or were refused, among very many that did not. Only a
    /// record that is held or failed has a reason, so that to any other the index costs next to nothing.
    static let statusPageIndexes = """
        UPDATE record SET reason = '' WHERE reason IS NULL AND state IN ('held', 'failed');
        CREATE INDEX record_stuck ON record(state, entity) WHERE reason IS NOT NULL;
        CREATE INDEX turned_away_refused ON turned_away(since) WHERE is_refusal = 1;
        CREATE INDEX file_rejected ON file(intake) WHERE outcome = 'rejected';
        """
}
