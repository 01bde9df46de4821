import Domain

/// Takes names, texts and amounts out of what goes into a support bundle.
///
/// Nothing is let through because it looks harmless: what stays is a number under a key that holds counts, or a word that is
/// one of ours. Everything else becomes a mark, the same for the same text within one bundle and no other, since it is made
/// with a key that is thrown away.
struct BundleMask: Sendable {
    private let key: [UInt8]

    /// - Parameter key: random bytes that nobody keeps.
    init(key: [UInt8] = (0..<32).map { _ in UInt8.random(in: 0...255) }) {
        self.key = key
    }

    /// `#3f2a9c1b04d5e6f7`
    func mark(_ text: String) -> String { "#" + Digest(of: key + Array(text.utf8)).hex(8) }

    /// The words that may stand in a bundle as they are.
    static let words: Set<String> = {
        var words = Set(Entity.allCases.map(\.rawValue))
        words.formUnion(PullSubject.allCases.map(\.rawValue))
        words.formUnion(QuickBooksKind.allCases.map(\.rawValue))
        words.formUnion([
            // States, outcomes and operations.
            "new", "changed", "released", "held", "queued", "linked", "failed", "refused", "left out", "unanswered",
            "published", "staged", "quickbooks", "procore", "review", "accepted", "accepted-with-problems", "duplicate",
            "rejected", "approved", "add", "mod", "confirm", "adopt", "look", "refresh", "none", "info", "warning",
            "error",
            // What is waited for beside records.
            "pause", "matching",
            // What happens to records.
            "answered", "answered again", "asked after", "broken", "cost code", "imported", "read",
            "refused by Procore", "sent again",
            "taken back", "tied by hand", "tried again", "undo asked", "undo ended", "undone", "untied by hand",
        ])
        return words
    }()

    /// A word of ours, a number or a mark.
    func word(_ text: String) -> String {
        let isNumber = Int(text) != nil && text.utf8.count <= 6
        // What waits for a person to match a list names the list behind that word.
        let isMatching = text.hasPrefix("matching ") && Self.words.contains(String(text.dropFirst(9)))
        return Self.words.contains(text) || isNumber || isMatching ? text : mark(text)
    }
}
