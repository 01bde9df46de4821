import DropFolder

/// What came for the daemon since it last asked, so that a flood is taken together.
public actor Mailbox {
    /// Something to do.
    public enum Letter: Sendable {
        /// The watcher saw something.
        case watched(WatchEvent)
        /// SIGHUP: the logs were rotated, or the configuration is another one.
        case reload
        /// A root has more to do than one round does: the next one begins at once.
        case goOn
        /// Nothing comes any more.
        case end
    }

    private var letters: [Letter] = []
    private var reader: CheckedContinuation<Void, Never>?

    /// An empty mailbox.
    public init() {}

    /// Puts a letter in.
    public func put(_ letter: Letter) {
        letters.append(letter)
        reader?.resume()
        reader = nil
    }

    /// Everything that came; waits until something has.
    public func take() async -> [Letter] {
        while letters.isEmpty {
            await withCheckedContinuation { reader = $0 }
        }
        defer { letters = [] }
        return letters
    }
}
