import GRDB

extension Ledger {
    /// Runs one transaction that outlives the process but perhaps not a loss of power, since nothing waits for the
    /// disk: what has to be known after a crash and costs nothing when it is lost. The next durable transaction makes
    /// it durable too.
    public func writeLightly<Result>(_ body: (Books) throws -> Result) throws -> Result {
        try writeShortly(isDurable: false, body)
    }
}

extension Books {
    /// How often the process ended while a file was read alone.
    public func failures(of intake: Int) throws -> Int {
        try Int.fetchOne(db, SQLRequest(literal: "SELECT failures FROM attempt WHERE intake = \(intake)")) ?? 0
    }

    /// Counts that the process ended while a file was read alone.
    public func countFailure(of intake: Int) throws {
        try db.execute(
            literal: """
                INSERT INTO attempt (intake, failures) VALUES (\(intake), 1)
                ON CONFLICT (intake) DO UPDATE SET failures = failures + 1
                """)
    }

    /// Forgets the failed attempts of a file, once it is read or put back.
    public func forgetFailures(of intake: Int) throws {
        try run("DELETE FROM attempt WHERE intake = ?") { $0(intake) }
    }
}
