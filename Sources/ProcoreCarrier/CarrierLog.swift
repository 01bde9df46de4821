import Domain
import DropFolder
import Logging
import Procore

/// What the carrier has to say: an object a line in `logs/plumbline.jsonl`, beside those of whoever serves the root, and
/// a line in the process's own log.
public struct CarrierLog: Sendable {
    private let path: String
    private let logger: Logger
    private let now: @Sendable () -> Int64

    /// The log of a root.
    /// `path`: of `plumbline.jsonl`; opened for each line, since it may be rotated at any time.
    public init(path: String, logger: Logger, clock: CarrierClock) {
        self.path = path
        self.logger = logger
        now = clock.now
    }

    /// Says that the configuration was read again, and counts.
    public func configurationIsRead() { event("procore configuration read", [:]) }

    /// Says that the configuration was read again, and that the one before goes on to count: why, and what to do.
    public func configurationIsRefused(_ problem: Problem) {
        event("procore configuration refused", level: .error, ["what": problem.what, "remedy": problem.remedy])
    }

    /// Something that happened.
    func event(_ name: String, level: Logger.Level = .info, _ fields: KeyValuePairs<String, String>) {
        let members: [(key: String, value: JSONValue)] =
            [
                ("time", .string(CarrierClock.text(now()))), ("level", .string(level.rawValue)),
                ("event", .string(name)),
            ] + fields.map { ($0.key, .string($0.value)) }
        // A line that cannot be written is no reason not to carry; it stands in the process's own log in any case.
        try? AppendLog(path: path).append(JSONValue.object(members).bytes(pretty: false))
        let words = fields.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        logger.log(level: level, "\(name)\(words.isEmpty ? "" : ": ")\(words)")
    }
}
