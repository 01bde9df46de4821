import DropFolder
import SyncLedger

/// The only way to a root that is served, one caller at a time, and the owner of its sync ledger's connection.
///
/// An open ledger holds some hundred kilobytes, and one process may serve hundreds of roots of which few are called at a
/// time. So it is opened when a call needs it and closed when none has needed it for half a minute, or when too many others
/// are open. A call ends before the ledger can be closed, since neither waits for anything in its middle.
actor RootDoor {
    nonisolated let place: RootPlace
    private nonisolated let queue: RootQueue
    /// Where its large responses are written.
    nonisolated let disk: AnswerDisk
    private nonisolated let openLedgers: OpenLedgers
    private var served: ServedRoot?
    /// The configuration that was read since it began; nil: none was.
    private var newer: Configuration?
    /// Closes the ledger in the end; there is one while it is open.
    private var closing: Task<Void, Never>?
    /// When the last call ended.
    private(set) var lastUse = ContinuousClock.now

    /// For how long an open ledger waits for the next call.
    static let rest = Duration.seconds(30)

    init(_ place: RootPlace, among openLedgers: OpenLedgers) {
        self.place = place
        self.openLedgers = openLedgers
        queue = RootQueue("plumbline.webconnector.\(place.path)")
        disk = AnswerDisk(place.path)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    /// Whether its ledger is open.
    var isOpen: Bool { served != nil }

    /// Does something with the root, whose ledger stays open for the next call.
    /// - Throws: what keeps the ledger from being opened; what `body` throws.
    func use<Result: Sendable>(_ body: @Sendable (ServedRoot) throws -> Result) throws -> Result {
        let root = try opened()
        defer { lastUse = .now }
        do {
            return try body(root.forOneCall())
        } catch let fault as LedgerFault where fault.kind == .busy {
            // A lock that is not to be had may be one of ours, of which a ledger that is opened anew is rid.
            served = nil
            throw fault
        }
    }

    /// Reads the ledger; one that is closed is closed again.
    /// - Throws: what keeps the ledger from being opened; what `body` throws.
    func glance<Result: Sendable>(_ body: @Sendable (Ledger) throws -> Result) throws -> Result {
        try body(try served?.ledger ?? place.ledgerForReading())
    }

    /// Reads the configuration again; where it cannot take the place of the one before, that one counts.
    func readConfigurationAgain() -> ConfigurationReading {
        do {
            let new = try Configuration.load(root: place.path)
            let findings = new.findings(insteadOf: newer ?? place.configuration)
            guard findings.isEmpty else { throw ConfigurationError(findings) }
            newer = new
            if let served { self.served = ServedRoot(place, served.ledger, new) }
            return .taken
        } catch {
            return .refused(because: error)
        }
    }

    private func opened() throws -> ServedRoot {
        if let served { return served }
        let root = ServedRoot(place, try place.openLedger(), newer ?? place.configuration)
        served = root
        lastUse = .now
        closing?.cancel()
        closing = Task { [weak self, openLedgers] in
            if let self { await openLedgers.opened(self) }
            while let remaining = await self?.closeWhenUnused(for: Self.rest) {
                guard (try? await Task.sleep(for: remaining)) != nil else { return }
            }
            if let self { await openLedgers.closed(self) }
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
