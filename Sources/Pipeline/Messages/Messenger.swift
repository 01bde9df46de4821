import Domain
import DropFolder
import Synchronization

/// What became of a message.
enum MessageFate: Sendable, Hashable {
    /// Whoever was given it has taken it.
    case sent
    /// It was not taken; why, in a sentence.
    case failed(String)
}

/// A message on its way: the program that is given it, on a thread of its own, so that one that hangs holds up nothing.
final class Messenger: Sendable {
    /// A program that has not ended after this time is killed.
    static let patience = Duration.seconds(30)

    /// Where the thread leaves what became of it.
    private final class Slot: Sendable {
        let fate = Mutex<MessageFate?>(nil)
    }

    private let slot = Slot()
    private let thread: StageThread

    /// What the program finds in its environment: nothing of this process's.
    private static let environment = [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
    ]

    /// Begins to send a message.
    /// - Parameters:
    ///   - command: the program and its arguments.
    ///   - message: what it reads from its standard input.
    ///   - patience: after this time it is killed.
    init(_ command: [String], _ message: [UInt8], patience: Duration) {
        thread = StageThread(with: (command, message)) { [slot] input in
            let fate = Self.run(input.0, input.1, patience)
            slot.fate.withLock { $0 = fate }
        }
    }

    /// What became of it; nil: it is under way.
    var fate: MessageFate? { slot.fate.withLock { $0 } }

    /// Waits for its end.
    func wait() -> MessageFate {
        thread.join()
        return fate ?? .failed("It ended in a way that cannot be told.")
    }

    private static func run(_ command: [String], _ message: [UInt8], _ patience: Duration) -> MessageFate {
        let name = command.first ?? ""
        do {
            let outcome = try ProgramRun(command, environment: environment).run(input: message, patience: patience)
            let said = Self.shown(outcome.said)
            switch outcome.end {
            case .status(0): return .sent
            case .status(let status): return .failed("\(name) ended with status \(status)\(said)")
            case .signal(let signal): return .failed("\(name) was ended by signal \(signal)\(said)")
            case .tookTooLong:
                return .failed("\(name) had not ended after \(Self.words(patience)), and was killed\(said)")
            }
        } catch {
            return .failed("\(name) cannot be started: \(error).")
        }
    }

    private static func words(_ patience: Duration) -> String {
        let seconds = patience.components.seconds
        return seconds == 1 ? "1 second" : "\(seconds) seconds"
    }

    /// What it printed, on one line, as the end of a sentence.
    private static func shown(_ said: [UInt8]) -> String {
        let words = StatusPage.Item.plain(String(decoding: said, as: UTF8.self)).split(separator: " ")
        guard !words.isEmpty else { return "." }
        let text = words.joined(separator: " ")
        return ", and said: \(text.prefix(300))\(text.count > 300 ? " …" : "")"
    }
}
