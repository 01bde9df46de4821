import Domain
import QBXML

/// Whether two names probably mean the same: the same words in another order, without what companies put behind their
/// names, or a slip of the pen.
struct Likeness {
    /// The name, folded for comparison.
    let key: String
    /// Its words, without those that say nothing.
    let words: Set<String>
    /// Its letters and digits in a row.
    let letters: String

    init(_ name: String) {
        key = QuickBooksText.comparisonKey(name)
        let all = key.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let telling = all.filter { !Self.empty.contains($0) }
        words = Set(telling.isEmpty ? all : telling)
        letters = (telling.isEmpty ? all : telling).joined()
    }

    // Forms of companies, and words that join.
    private static let empty: Set<String> = [
        "inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "co", "company", "corp", "corporation", "plc",
        "the",
        "and", "of", "pc",
    ]

    /// From 0, nothing in common, to 100, the same but for how it is written; from 60 on it is worth a suggestion.
    func score(_ other: Likeness) -> Int {
        guard !letters.isEmpty, !other.letters.isEmpty else { return 0 }
        if letters == other.letters { return 100 }
        if words == other.words { return 95 }
        let shared = words.intersection(other.words)
        let fewer = min(words.count, other.words.count)
        // One name within the other: "Riverton Lumber" in "Riverton Lumber Supply".
        if shared.count == fewer, fewer >= 2 || shared.joined().count >= 6 { return 80 }
        let length = max(letters.count, other.letters.count)
        guard length >= 5, abs(letters.count - other.letters.count) <= length / 6 else { return 0 }
        let distance = editDistance(letters, other.letters)
        return distance * 6 <= length ? 90 - 100 * distance / length : 0
    }

    /// What two names have to share before they are compared at all.
    var handles: [String] { Array(words) + [String(letters.prefix(4)), String(letters.suffix(4))] }
}
