import HummingbirdCore
import Logging
import Synchronization

/// So many connections at once; the system keeps others waiting.
struct ConnectionLimit: AvailableConnectionsDelegate {
    let connections: OpenConnections
    let logger: Logger
    /// Whether it has been told that there are too many, since there were few.
    private var isTold = false

    init(_ connections: OpenConnections, logger: Logger) {
        self.connections = connections
        self.logger = logger
    }

    mutating func connectionOpened() {
        connections.opened()
        guard !connections.hasRoom, !isTold else { return }
        isTold = true
        logger.warning("\(connections.most) connections are open, and no more are taken until one of them ends.")
    }

    mutating func connectionClosed() {
        connections.closed()
        if !connections.isCrowded { isTold = false }
    }

    func isAcceptingNewConnections() -> Bool { connections.hasRoom }
}

/// How many connections are open, for whoever accepts them and for each of them.
final class OpenConnections: Sendable {
    let most: Int
    private let count = Atomic<Int>(0)

    init(most: Int) { self.most = most }

    func opened() { count.add(1, ordering: .relaxed) }

    func closed() { count.subtract(1, ordering: .relaxed) }

    private var open: Int { count.load(ordering: .relaxed) }

    /// Whether another one may be taken.
    var hasRoom: Bool { open < most }

    /// Whether half of those that may be open are: then nobody may keep one without saying anything.
    var isCrowded: Bool { open >= max(1, most / 2) }
}
