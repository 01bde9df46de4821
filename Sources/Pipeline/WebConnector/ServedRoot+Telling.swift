import DropFolder
import Logging
import Procore
import SyncLedger

/// What is told of sessions in the root's own log, beside the lines of whoever owns the root.
extension ServedRoot {
    /// Something that happened: an object in `logs/plumbline.jsonl`, a line in the process's own log.
    func event(_ name: String, level: Logger.Level = .info, _ fields: [(key: String, value: JSONValue)]) {
        let members: [(key: String, value: JSONValue)] =
            [
                ("time", .string(WallClock.text(clock.now()))), ("level", .string(level.rawValue)),
                ("event", .string(name)),
            ] + fields
        // It may be rotated at any time, so it is opened for each line. One that cannot be written stops nothing.
        try? AppendLog(path: RootFolders(root: path).logs + "/plumbline.jsonl")
            .append(JSONValue.object(members).bytes(pretty: false))
        var words = name
        for case ("what", .string(let what)) in fields { words = what }
        logger.log(level: level, "\(words)")
    }

    /// So many documents apart, a long session says how far it is.
    private static let documentsApart = 100
    /// And so many seconds of the session.
    private static let secondsApart: Int64 = 60

    /// Says how far a session is, now and then.
    /// - Parameters:
    ///   - session: as it was ahead of the call.
    ///   - answered: how many documents are answered by now.
    ///   - remaining: how many can go out still.
    func tellProgress(of session: ConnectorSession, answered: Int, remaining: Int) {
        guard remaining > 0 else { return }
        let isHundred = answered > session.answered && answered.isMultiple(of: Self.documentsApart)
        let (before, now) = (session.lastCall - session.began, clock.now() - session.began)
        guard isHundred || now / Self.secondsApart > before / Self.secondsApart else { return }
        let what = "The Web Connector's session of \(session.user) goes on: \(answered) answered, \(remaining) remain."
        event(
            "connector progress",
            [
                ("user", .string(session.user)), ("answered", .number(String(answered))),
                ("waiting", .number(String(remaining))), ("what", .string(what)),
            ])
    }
}
