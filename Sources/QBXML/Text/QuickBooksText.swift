import Domain
import Foundation

/// A replacement made so that QuickBooks can hold a text.
public struct TextChange: Sendable, Hashable {
    /// Why it was made.
    public enum Kind: String, Sendable, Hashable {
        /// Typographic punctuation and spaces became plain ones: the meaning is the same.
        case punctuation
        /// A letter or sign became the nearest one that QuickBooks has: worth telling.
        case spelling
        /// An invisible character was removed.
        case invisible
    }

    /// The character as it was.
    public let from: String
    /// What stands in its place; empty where it was removed.
    public let to: String
    /// Why.
    public let kind: Kind

    /// A replacement.
    public init(from: String, to: String, kind: Kind) {
        self.from = from
        self.to = to
        self.kind = kind
    }
}

/// Text as QuickBooks Desktop can store it: the characters of Windows-1252, with plain punctuation.
///
/// - Curly quotes, dashes, ellipses, bullets, non-breaking and zero-width spaces become plain ones: pasted from a
///   word processor they are what most often makes QuickBooks refuse a whole document.
/// - Control characters are removed; line breaks of every kind become LF.
/// - `é`, `ñ`, `€` and everything else in Windows-1252 stays. Of other letters the accents go one by one until
///   QuickBooks has the letter (`ế` becomes `ê`, `ł` becomes `l`); a fraction becomes digits (`5⅜` becomes `5 3/8`).
/// - What cannot be said in these characters, such as Chinese or an emoji, is a `Problem`, never a question mark.
///
/// Lengths are to be checked afterwards, since a text can become longer.
public struct QuickBooksText: Sendable, Hashable {
    /// The text to send.
    public let text: String
    /// Each replacement once, in the order of first occurrence. Line breaks are not counted.
    public let changes: [TextChange]

    /// Brings a text into QuickBooks' characters.
    /// - Throws: a `Problem` that names the first character QuickBooks cannot hold.
    public init(_ raw: String) throws {
        if PlainText.isWestern(raw) {
            text = raw
            changes = []
            return
        }
        var folder = TextFolder()
        // Composed first, so that `e` with a loose accent is the `é` that QuickBooks has.
        for scalar in raw.composed.unicodeScalars { try folder.take(scalar) }
        text = folder.text
        changes = folder.changes
    }

    /// What two names have in common when QuickBooks takes them for the same: without white space at the ends,
    /// with single spaces inside, without regard to case.
    ///
    /// For comparing only; a name is written as it is.
    public static func comparisonKey(_ name: String) -> String {
        if let plain = PlainText.oneLine(name, lowercased: true) { return plain }
        guard name.isLatin else {
            return name.precomposedStringWithCanonicalMapping.split { $0.isWhitespace }.joined(separator: " ")
                .lowercased()
        }
        // Here every scalar is a character of its own.
        return name.unicodeScalars.split { $0.properties.isWhitespace }.map { String($0) }.joined(separator: " ")
            .lowercased()
    }
}

extension String {
    /// Whether it has nothing beyond U+02FF: no combining marks, which begin at U+0300, and nothing that they are
    /// composed with. Source: Unicode Standard Annex 15, the quick check of NFC.
    fileprivate var isLatin: Bool { utf8.allSatisfy { $0 < 0xcc } }

    /// In normal form C.
    fileprivate var composed: String { isLatin ? self : precomposedStringWithCanonicalMapping }
}

/// Folds one scalar after the other.
private struct TextFolder {
    private(set) var text = ""
    private(set) var changes: [TextChange] = []
    private var seen: Set<Unicode.Scalar> = []
    private var lastWasReturn = false

    mutating func take(_ original: Unicode.Scalar) throws {
        // Text read in the wrong encoding has Windows' punctuation where the C1 controls are.
        var scalar = original
        if (0x80..<0xa0).contains(original.value), let meant = Unicode.Scalar(Windows1252.scalar(UInt8(original.value)))
        {
            scalar = meant
        }
        let followsReturn = lastWasReturn
        lastWasReturn = scalar == "\r"
        switch scalar.value {
        case 0x0a:
            if !followsReturn { text += "\n" }
        case 0x0d, 0x85, 0x2028, 0x2029:
            text += "\n"
        case 0x09, 0x20..<0x7f:
            text.unicodeScalars.append(scalar)
        case 0..<0x20, 0x7f, 0x80..<0xa0:
            addChange(original, "", .invisible)
        default:
            try fold(scalar, original)
        }
    }

    private mutating func fold(_ scalar: Unicode.Scalar, _ original: Unicode.Scalar) throws {
        if FoldingTable.isInvisible(scalar) {
            addChange(original, "", .invisible)
        } else if let plain = FoldingTable.punctuation[scalar] {
            addChange(original, plain, .punctuation)
            text += plain
        } else if Windows1252.contains(scalar) {
            text.unicodeScalars.append(scalar)
            if scalar != original { addChange(original, String(scalar), .spelling) }
        } else if let fraction = FoldingTable.fractions[scalar] {
            let followsDigit = text.unicodeScalars.last.map { ("0"..."9").contains($0) } ?? false
            addChange(original, fraction, .spelling)
            text += (followsDigit ? " " : "") + fraction
        } else if let nearest = FoldingTable.letters[scalar] ?? FoldingTable.withoutAccents(scalar) {
            addChange(original, nearest, .spelling)
            text += nearest
        } else {
            throw FoldingTable.unknown(original)
        }
    }

    private mutating func addChange(_ scalar: Unicode.Scalar, _ to: String, _ kind: TextChange.Kind) {
        guard seen.insert(scalar).inserted else { return }
        changes.append(TextChange(from: String(scalar), to: to, kind: kind))
    }
}
