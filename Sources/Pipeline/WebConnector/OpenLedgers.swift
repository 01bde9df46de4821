/// The roots of a process whose ledgers are open: of hundreds, few are called at a time, and so few need to be open.
actor OpenLedgers {
    /// Whoever serves the roots keeps their doors; who is counted here is not kept for that.
    private struct Entry {
        weak var door: RootDoor?
    }

    private let most: Int
    private var entries: [Entry] = []

    /// So many stay open at once, at some hundred kilobytes each.
    static let usual = 16

    /// None is open yet.
    init(most: Int = usual) { self.most = most }

    /// Takes note that a root's ledger was opened, and closes those whose last call is the longest ago where there are too
    /// many. A call that comes to one of them opens it again.
    func opened(_ door: RootDoor) async {
        closed(door)
        entries.append(Entry(door: door))
        while entries.count > most {
            var oldest: (door: RootDoor, lastUse: ContinuousClock.Instant)?
            for door in entries.compactMap(\.door) {
                let lastUse = await door.lastUse
                if oldest.map({ lastUse < $0.lastUse }) ?? true { oldest = (door, lastUse) }
            }
            guard let oldest else { return }
            closed(oldest.door)
            await oldest.door.closeWhenUnused(for: .zero)
        }
    }

    /// Takes note that a root's ledger was closed.
    func closed(_ door: RootDoor) {
        entries.removeAll { $0.door == nil || $0.door === door }
    }
}
