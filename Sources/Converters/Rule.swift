import Domain
import QBXML

/// What a value has to be to stand in its element. Nothing is ever cut: what does not fit is a problem.
public enum Rule: Sendable, Equatable, CustomStringConvertible {
    /// The name of a list element: required, one line, no colon, ends trimmed, at most so many characters.
    case name(Int)
    /// The name once more, as a line of an address: written as `name` writes it, which also says what is wrong with it.
    case nameAgain(Int)
    /// One line of at most so many characters.
    case atMost(Int)
    /// Text of at most so many characters that may have several lines.
    case text(Int)
    /// A line of a street address that is wrapped at its spaces into lines of 41 characters: 1 is the first.
    case addressLine(Int, of: Int)
    /// The same for Procore projects, whose address QuickBooks wants without commas.
    case addressLineWithoutCommas(Int, of: Int)
    /// A number of a document: one line of at most so many characters; required.
    case number(Int)
    /// Rich text (HTML) as plain text of at most so many characters.
    case plainText(Int)
    /// A calendar day: `2024-07-31`.
    case date
    /// Dollars: decimal, never rounded.
    case dollars
    /// A quantity or a price of at most five decimals.
    case quantity
    /// An account that the configuration has to name.
    case account
    /// Passed on to Procore as it is.
    case asIs

    /// The rule as the mapping page says it.
    public var description: String {
        switch self {
        case .name(let most): "required; one line, no colon, at most \(most) characters"
        case .nameAgain(let most): "the name as it is written above, at most \(most) characters"
        case .atMost(let most): "at most \(most) characters"
        case .text(let most): "at most \(most) characters, line breaks allowed"
        case .addressLine(let line, let lines): "line \(line) of \(lines), wrapped at 41 characters"
        case .addressLineWithoutCommas(let line, let lines):
            "line \(line) of \(lines), wrapped at 41 characters, commas become spaces"
        case .number(let most): "required; one line, at most \(most) characters"
        case .plainText(let most): "HTML becomes plain text, at most \(most) characters"
        case .date: "a calendar day"
        case .dollars: "dollars and cents, never rounded"
        case .quantity: "at most five decimals"
        case .account: "an account of the chart of accounts, at most 159 characters"
        case .asIs: "as it is"
        }
    }

    var isRequired: Bool {
        switch self {
        case .name, .account, .number: true
        default: false
        }
    }

    /// The problem of a required value that is not there.
    func missing(field: String, target: String) -> Problem {
        Problem(
            field: field, what: "The \(field) is empty, and QuickBooks needs it (\(target)).",
            remedy: "Fill it in in Procore, export again, and drop the new file in the inbox.")
    }

    /// Makes a value fit for its element, or says why it is not.
    /// - Returns: the text, nil where nothing is left to write, and a sentence for everything that was changed.
    func apply(
        _ raw: String, field: String, target: String, settings: Settings
    ) throws(Problem) -> (String?, [String]) {
        switch self {
        case .asIs, .date, .dollars, .quantity: return (raw.isEmpty ? nil : raw, [])
        default: break
        }
        if PlainText.isTidy(raw), let text = unchanged(raw) { return (text.isEmpty ? nil : text, []) }
        var raw = raw
        if case .plainText = self { raw = HTMLText.plain(raw) }
        return try fitted(raw, field: field, target: target, settings: settings)
    }

    /// The same for a text that is plain by now, and has to be examined.
    func fitted(
        _ raw: String, field: String, target: String, settings: Settings
    ) throws(Problem) -> (String?, [String]) {
        var (text, changes) = try folded(raw, field: field)
        switch self {
        case .name(let most):
            text = oneLine(text)
            if text.isEmpty { throw missing(field: field, target: target) }
            try refuseColon(text, field: field)
            if PlainText.isLonger(text, than: most) {
                guard settings.lists.shortForms else {
                    throw tooLong(text, most, field: field, target: target, "names")
                }
                changes.append(shorten(&text, most))
            }
        case .number(let most):
            text = oneLine(text)
            if text.isEmpty { throw missing(field: field, target: target) }
            if PlainText.isLonger(text, than: most) {
                guard settings.lists.shortForms else {
                    throw tooLong(text, most, field: field, target: target, "numbers")
                }
                changes.append(shorten(&text, most))
            }
        case .nameAgain(let most):
            text = oneLine(text)
            if PlainText.isLonger(text, than: most) { text = settings.lists.shortForms ? shortForm(text, most) : "" }
        case .atMost(let most), .text(let most), .plainText(let most):
            if case .atMost = self { text = oneLine(text) }
            if PlainText.isLonger(text, than: most) {
                throw tooLong(text, most, field: field, target: target)
            }
        case .account:
            text = oneLine(text)
            if PlainText.isLonger(text, than: 159) { throw tooLong(text, 159, field: field, target: target) }
        case .addressLine(let line, let count), .addressLineWithoutCommas(let line, let count):
            text = try addressLine(line, of: count, text, field: field, &changes)
        case .asIs, .date, .dollars, .quantity: break
        }
        return (text.isEmpty ? nil : text, changes)
    }

    /// One of the lines that an address is broken into; empty where it has fewer.
    private func addressLine(
        _ line: Int, of count: Int, _ text: String, field: String, _ changes: inout [String]
    ) throws(Problem) -> String {
        var text = text
        if case .addressLineWithoutCommas = self, text.utf8.contains(UInt8(ascii: ",")) {
            text = text.replacing(",", with: " ")
            changes.append("Commas became spaces, as QuickBooks wants no comma in a project's address.")
        }
        let lines = try wrapped(text, lines: count, field: field)
        if lines.count > 1, line == 1, !text.utf8.contains(0x0a) {
            changes.append(Self.addressNote(lines.count))
        }
        return line <= lines.count ? lines[line - 1] : ""
    }

    /// What is said of an address that was broken into lines.
    static func addressNote(_ lines: Int) -> String {
        "The address stands in \(lines) lines of at most \(addressWidth) characters."
    }

    private func refuseColon(_ text: String, field: String) throws(Problem) {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return }
        throw Problem(
            field: field,
            what: "The \(field) \"\(text)\" contains a colon, which QuickBooks uses to separate levels of its lists.",
            remedy: "Replace the colon in Procore, for example with a dash, export again, and drop the new file.")
    }

    /// Puts the short form of a text in its place.
    /// - Returns: what is said about that.
    private func shorten(_ text: inout String, _ most: Int) -> String {
        let long = text
        text = shortForm(long, most)
        return "\"\(long)\" became the short form \"\(text)\", since QuickBooks takes \(most) characters."
    }

    /// What the rule makes of a tidy text that fits: the text itself, or nothing on the second line of an address; nil
    /// where it has to be examined.
    private func unchanged(_ text: String) -> String? {
        let count = text.utf8.count
        switch self {
        case .name(let most): return count <= most && !text.utf8.contains(UInt8(ascii: ":")) ? text : nil
        case .nameAgain(let most), .number(let most), .atMost(let most), .text(let most):
            return count <= most ? text : nil
        case .account: return count <= 159 ? text : nil
        case .addressLine(let line, _): return count <= addressWidth ? (line == 1 ? text : "") : nil
        case .addressLineWithoutCommas(let line, _):
            guard count <= addressWidth, !text.utf8.contains(UInt8(ascii: ",")) else { return nil }
            return line == 1 ? text : ""
        case .plainText, .date, .dollars, .quantity, .asIs: return nil
        }
    }

    private func folded(_ raw: String, field: String) throws(Problem) -> (String, [String]) {
        do {
            let folded = try QuickBooksText(raw)
            return (folded.text, folded.changes.map(\.explanation))
        } catch var problem as Problem {
            problem.field = field
            throw problem
        } catch {
            throw Problem(field: field, what: "\(error)", remedy: "Type the text anew in Procore, and export again.")
        }
    }

    private func tooLong(_ text: String, _ most: Int, field: String, target: String, _ short: String? = nil) -> Problem
    {
        Problem(
            field: field,
            what: "The \(field) \"\(shown(text))\" has \(text.unicodeScalars.count) characters; "
                + "QuickBooks takes at most \(most) (\(target)).",
            remedy: "Shorten it in Procore, export again, and drop the new file in the inbox"
                + (short.map { "; or let Plumbline shorten \($0) with short_forms: true in plumbline.yaml." } ?? "."))
    }
}

/// A text as a sentence quotes it: the start of a long one is enough to find it.
private func shown(_ text: String) -> String {
    let line = oneLine(text)
    return line.unicodeScalars.count <= 120
        ? line : String(String.UnicodeScalarView(line.unicodeScalars.prefix(60))) + "…"
}

/// Characters in a line of an address. Source: qbXML schema, Addr1 to Addr5.
let addressWidth = 41

/// One line, with single spaces, and none at the ends.
func oneLine(_ text: String) -> String {
    PlainText.oneLine(text) ?? text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

/// Wraps a street address at its spaces; line breaks that are there stay.
private func wrapped(_ text: String, lines most: Int, field: String) throws(Problem) -> [String] {
    var lines: [String] = []
    for piece in brokenLines(text) {
        if piece.utf8.allSatisfy({ $0 < 0x80 }), let whole = PlainText.oneLine(String(piece)) {
            addLines(of: whole, to: &lines)
        } else {
            addLines(ofWords: piece.split(whereSeparator: \.isWhitespace), to: &lines)
        }
    }
    guard lines.count <= most, !lines.contains(where: { PlainText.isLonger($0, than: addressWidth) }) else {
        throw Problem(
            field: field,
            what: "The \(field) \"\(oneLine(text))\" does not fit QuickBooks' address: "
                + "\(most) lines of \(addressWidth) characters.",
            remedy: "Shorten it in Procore, export again, and drop the new file in the inbox.")
    }
    return lines
}

/// Breaks one line of ASCII, with single spaces inside and none at the ends, into lines that fit; a word that does not fit
/// is a line.
private func addLines(of whole: String, to lines: inout [String]) {
    var whole = whole
    whole.withUTF8 { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = PlainText.endOfLine(rest, width: addressWidth)
            lines.append(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[end...].dropFirst()
        }
    }
}

private func addLines(ofWords words: [Substring], to lines: inout [String]) {
    var line = ""
    for word in words {
        if line.isEmpty {
            line = String(word)
        } else if line.unicodeScalars.count + 1 + word.unicodeScalars.count <= addressWidth {
            line += " " + word
        } else {
            lines.append(line)
            line = String(word)
        }
    }
    if !line.isEmpty { lines.append(line) }
}

private func brokenLines(_ text: String) -> [Substring] {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.split(whereSeparator: \.isNewline) }
    return text.utf8.split { $0 &- 0x0a < 4 }.map(Substring.init)
}

/// A deterministic short form: as much of the start as fits, and four letters that depend on all of it.
func shortForm(_ text: String, _ most: Int) -> String {
    let alphabet = Array("ABCDEFGHJKMNPQRSTVWXYZ23456789".unicodeScalars)
    let tail = Digest(of: text.utf8).bytes.prefix(4).map { alphabet[Int($0) % alphabet.count] }
    var short = String.UnicodeScalarView(text.unicodeScalars.prefix(most - 5))
    while short.last?.properties.isWhitespace == true { short.removeLast() }
    short.append("~")
    short.append(contentsOf: tail)
    return String(short)
}

extension TextChange {
    /// The replacement, as the receipt says it.
    fileprivate var explanation: String {
        switch kind {
        case .invisible: "An invisible character (\(code)) was removed."
        case .punctuation, .spelling: "\"\(from)\" (\(code)) became \"\(to)\", which QuickBooks can hold."
        }
    }

    private var code: String {
        from.unicodeScalars.map { scalar in
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }.joined(separator: " ")
    }
}
