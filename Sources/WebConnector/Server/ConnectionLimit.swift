import HummingbirdCore
import Logging

/// So many connections at once; the system keeps others waiting.
struct ConnectionLimit: AvailableConnectionsDelegate {
    let most: Int
    let logger: Logger
    private var open = 0
    /// Whether it has been told that there are too many, since there were few.
    private var isTold = false

    init(most: Int, logger: Logger) {
        self.most = most
        self.logger = logger
    }

    mutating func connectionOpened() {
        open += 1
        guard open >= most, !isTold else { return }
        isTold = true
        logger.warning("\(most) connections are open, and no more are taken until one of them ends.")
    }

    mutating func connectionClosed() {
        open -= 1
        if open < most / 2 { isTold = false }
    }

    func isAcceptingNewConnections() -> Bool { open < most }
}
