/// A pause that a person has asked for: files are read and answers taken as ever, and nothing new is sent to either side.
///
/// A command begins and ends one, and so does the file `PAUSE` in the inbox, which is the pause for as long as it stands
/// there. Both may be on at once; the pause ends with the later one.
public struct Pause {
    /// What asked for it.
    public enum Origin: String, Sendable, CaseIterable {
        /// `plumbline pause`
        case command = "paused by command"
        /// The file `PAUSE`.
        case file = "paused by file"
    }

    private let books: Books

    /// The pause of a root.
    public init(_ books: Books) {
        self.books = books
    }

    /// Why nothing is sent, a sentence; nil: it is.
    public func reason() throws -> String? {
        for origin in Origin.allCases {
            if let words = try books.fact(origin.rawValue) { return "Sending is paused \(words)." }
        }
        return nil
    }

    /// Whether a pause of this origin is on.
    public func isOn(_ origin: Origin) throws -> Bool { try books.fact(origin.rawValue) != nil }

    /// Begins a pause; one of the same origin that is on goes on as it is.
    /// - Parameters:
    ///   - origin: what asked for it.
    ///   - who: whose wish it is, such as `anna`.
    ///   - moment: when, such as `2026-11-22T21:30:05Z`.
    public func begin(_ origin: Origin, by who: String, at moment: String) throws {
        guard try !isOn(origin) else { return }
        let means = origin == .command ? "plumbline pause" : "the file inbox/PAUSE"
        try books.setFact(origin.rawValue, "since \(moment) by \(who), with \(means)")
    }

    /// Ends a pause, and sets free what waited for that.
    /// - Parameters:
    ///   - origin: what asked for it.
    ///   - moment: when, such as `2026-11-22T21:30:05Z`.
    /// - Returns: whether sending goes on; false where a pause of the other origin is still on.
    public func end(_ origin: Origin, at moment: String) throws -> Bool {
        try books.setFact(origin.rawValue, nil)
        guard try reason() == nil else { return false }
        try books.release(waitingFor: .pause, file: nil, at: moment)
        return true
    }
}
