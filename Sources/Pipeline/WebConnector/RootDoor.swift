import DropFolder
import SyncLedger

/// The only way to a root that is served, one caller at a time, and the owner of its sync ledger's connection.
///
/// An open ledger holds some hundred kilobytes, and one process may serve hundreds of roots of which few are called at a
/// time. So it is opened when a call needs it and closed when none has needed it for half a minute. A call ends before
/// the ledger can be closed, since neither waits for anything in its middle.
actor RootDoor {
    nonisolated let place: RootPlace
    private nonisolated let queue: RootQueue
    private var served: ServedRoot?
    private var lastUse = ContinuousClock.now

    /// For how long an open ledger waits for the next call.
    static let rest = Duration.seconds(30)

    init(_ place: RootPlace) {
        self.place = place
        queue = RootQueue("plumbline.webconnector.\(place.path)")
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    /// Whether its ledger is open.
    var isOpen: Bool { served != nil }

    /// Does something with the root, whose ledger stays open for the next call.
    /// - Throws: what keeps the ledger from being opened; what `body` throws.
    func use<Result: Sendable>(_ body: @Sendable (ServedRoot) throws -> Result) throws -> Result {
        let root = try opened()
        defer { lastUse = .now }
        return try body(root)
    }

    /// Reads the ledger; one that is closed is closed again.
    /// - Throws: what keeps the ledger from being opened; what `body` throws.
    func glance<Result: Sendable>(_ body: @Sendable (Ledger) throws -> Result) throws -> Result {
        try body(try served?.ledger ?? place.ledgerForReading())
    }

    /// A hidden file in its inbox, which needs no ledger.
    func beginAnswer() throws -> IncomingAnswer { try place.folders.beginAnswer() }

    private func opened() throws -> ServedRoot {
        if let served { return served }
        let root = ServedRoot(place, try place.openLedger())
        served = root
        lastUse = .now
        Task { [weak self] in
            while let remaining = await self?.closeWhenUnused(for: Self.rest) {
                try? await Task.sleep(for: remaining)
            }
        }
        return root
    }

    /// Closes the ledger when no call has needed it for so long.
    /// - Returns: how long it may stay open still; nil: it is closed.
    @discardableResult func closeWhenUnused(for rest: Duration) -> Duration? {
        guard served != nil else { return nil }
        let unused = ContinuousClock.now - lastUse
        guard unused >= rest else { return rest - unused }
        served = nil
        Memory.giveBack()
        return nil
    }
}
