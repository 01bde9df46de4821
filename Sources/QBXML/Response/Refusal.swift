import Domain

/// A refusal of a whole document: QuickBooks or the Web Connector answered with a number instead of a response.
///
/// Sources: Intuit's Web Connector documentation and sample; the texts of public SDK bridges.
public struct Refusal: Sendable, Hashable {
    /// The number as it came: `0x80040400`.
    public let hresult: String
    /// The words that came with it; may be empty.
    public let message: String

    /// A refusal of these parts.
    public init(hresult: String, message: String) {
        self.hresult = hresult
        self.message = message
    }

    /// Reads the side file `NAME.error.txt`, with its lines `hresult=` and `message=`; nil when neither is there.
    /// What follows the message belongs to it.
    public init?(sideFile bytes: [UInt8]) {
        var hresult = ""
        var message: [Substring] = []
        let text = String(decoding: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...], as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) {
            let components = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(components[0]).trimmed.lowercased()
            if components.count == 2, key == "hresult", hresult.isEmpty {
                hresult = String(components[1]).trimmed
            } else if components.count == 2, key == "message", message.isEmpty {
                message.append(components[1])
            } else if !message.isEmpty {
                message.append(line)
            }
        }
        self.init(hresult: hresult, message: message.joined(separator: " ").trimmed)
        if self.hresult.isEmpty, self.message.isEmpty { return nil }
    }

    /// What follows: `fix`, `retry` or `human`, which is also the answer to unknown numbers.
    public var consequence: Consequence { known?.consequence ?? .human }

    /// The refusal in our words, with the original ones below.
    public var problem: Problem {
        let explanation = known?.explanation ?? "QuickBooks refused the whole document."
        let number = hresult.isEmpty ? "" : " (\(hresult))"
        return Problem(
            what: message.isEmpty ? "\(explanation)\(number)" : "\(explanation) QuickBooks says\(number): \(message)",
            remedy: known?.remedy
                ?? "Read what QuickBooks says, put it right there, and drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."
        )
    }

    private var known: Entry? {
        guard let value = Self.number(hresult) else { return nil }
        return Self.table.first { $0.values.contains(value) }
    }

    /// Reads `0x80040400`, `80040400` and the signed decimal number -2147220480 that some tools write.
    private static func number(_ text: String) -> UInt32? {
        let text = text.trimmed.lowercased()
        if text.hasPrefix("0x") { return UInt32(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("-") { return Int32(text).map { UInt32(bitPattern: $0) } }
        return UInt32(text, radix: 16)
    }

    private struct Entry {
        let values: [UInt32]
        let consequence: Consequence
        let explanation: String
        let remedy: String

        init(_ values: [UInt32], _ consequence: Consequence, _ explanation: String, _ remedy: String) {
            self.values = values
            self.consequence = consequence
            self.explanation = explanation
            self.remedy = remedy
        }
    }

    // swift-format-ignore
    private static let table: [Entry] = [
        Entry([0x80040400],                         .fix,   "QuickBooks could not read the document.", "Check that quickbooks.qbxml is a version that this QuickBooks knows; otherwise report this as a fault, with the request file."),
        Entry([0x80040401, 0x80040402],             .retry, "QuickBooks could not be reached, or had an unexpected error.", "See that QuickBooks is open; its log is qbsdklog.txt. Then send again."),
        Entry([0x80040408],                         .retry, "QuickBooks could not be started.", "Start QuickBooks, then send again."),
        Entry([0x8004040a],                         .human, "Another company file is open in QuickBooks.", "Open the right company file, then drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."),
        Entry([0x8004040d],                         .retry, "The session with QuickBooks was not valid any more.", "Send again in a new session."),
        Entry([0x80040410],                         .retry, "The company file is open in another mode, single-user or multi-user.", "Switch the mode in QuickBooks, then send again."),
        Entry([0x80040414],                         .human, "A dialog is open in QuickBooks.", "Close the dialog in QuickBooks, then drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."),
        Entry([0x80040416, 0x80040417],             .human, "No company file is named or open in QuickBooks.", "Open the company file, then drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."),
        Entry([0x8004041a, 0x8004041b, 0x80040420], .human, "The application is not allowed into the company file.", "Allow it in QuickBooks, under Integrated Applications, then drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."),
        Entry([0x80040422],                         .human, "QuickBooks must be in single-user mode for this.", "Switch to single-user mode, then drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."),
    ]
}
