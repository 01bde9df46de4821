import SyncLedger

/// Whether the Web Connector stays away: it has not called for longer than twice the interval that it was told.
struct ConnectorAbsence {
    /// Since when, in seconds since 1970: its last call, or when it could first have called.
    let since: Int64
    /// In words, and what to do.
    let what: String
    let remedy: String

    /// Looks whether it stays away; nil: it does not, or nobody may log in.
    init?(_ books: Books, interval: Duration, now: Int64) throws {
        guard try books.knowsWebConnector() else { return nil }
        let users = try books.connectorUsers()
        guard let newest = users.map(\.since).max() else { return nil }
        let last = try books.lastSession()
        // QuickBooks may work on one document for as long as a session lives.
        if let last, last.ended == nil, now - last.lastCall < ServedRoot.lifetime { return nil }
        let since = max(newest, last?.lastCall ?? 0)
        let seconds = interval.components.seconds
        guard now - since > 2 * seconds else { return nil }
        self.since = since
        let away = Status.duration(now - since)
        what =
            last == nil
            ? "It has not called yet, for \(away)."
            : "It has not called for \(away), and is to call every \(Status.duration(seconds))."
        remedy =
            "See that it runs in Windows with Auto-Run ticked and its password stored, that its log shows no error, and that "
            + "plumbline run or plumbline webconnector serves it."
    }
}
