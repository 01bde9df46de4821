import DropFolder
import Synchronization

/// What came for the daemon since it last asked, so that a flood is taken together.
///
/// Whoever has a letter puts it in at once, from any thread: between an event of the kernel and the task that reads it there
/// is no other task to be woken.
public final class Mailbox: Sendable {
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

    private struct Content {
        var letters: [Letter] = []
        var reader: CheckedContinuation<[Letter], Never>?
    }

    private let content = Mutex(Content())

    /// An empty mailbox.
    public init() {}

    /// Puts a letter in.
    public func put(_ letter: Letter) {
        let reader = content.withLock { content -> CheckedContinuation<[Letter], Never>? in
            guard let reader = content.reader else {
                content.letters.append(letter)
                return nil
            }
            content.reader = nil
            return reader
        }
        reader?.resume(returning: [letter])
    }

    /// Whether the last letter has come, and was not taken yet.
    var isEnding: Bool {
        content.withLock { $0.letters.contains { if case .end = $0 { true } else { false } } }
    }

    /// Everything that came; waits until something has. One task reads at a time.
    public func take() async -> [Letter] {
        await withCheckedContinuation { reader in
            let letters = content.withLock { content -> [Letter] in
                defer { content.letters = [] }
                if content.letters.isEmpty { content.reader = reader }
                return content.letters
            }
            if !letters.isEmpty { reader.resume(returning: letters) }
        }
    }
}
