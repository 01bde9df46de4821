/// What `notify:` in `plumbline.yaml` says: whom messages tell what came up, by which ways and how often.
struct NotifySettings: Sendable, Hashable {
    /// A program and its arguments, which is given each message as JSON; empty: none.
    var command: [String] = []
    /// The addresses that each message is mailed to; empty: none.
    var mail: [String] = []
    /// The address that mails come from; nil: sendmail names it.
    var from: String?
    /// The program that mail is given to, with `-t`.
    var sendmail = "/usr/sbin/sendmail"
    /// After how many seconds a document without an answer is told of; nil: never.
    var unanswered: Int64? = 7_200
    /// How many seconds are between two messages at least.
    var every: Int64 = 600

    /// More often, messages are no longer read.
    private static let leastEvery: Int64 = 600

    /// Reads the section; nil where there is none.
    init?(_ reader: inout ConfigurationReader) {
        guard reader.hasSection("notify") else { return nil }
        command = reader.list("notify.command") ?? []
        if let program = command.first, !program.hasPrefix("/") {
            reader.findings.append(
                "notify.command is \"\(program)\"; it is the whole path of a program and its arguments, such as "
                    + "[/usr/local/bin/tell, office].")
        }
        mail = reader.list("notify.mail") ?? []
        from = reader.text("notify.from")
        for (key, address) in mail.map({ ("mail", $0) }) + [from].compactMap({ $0.map { ("from", $0) } })
        where !Self.isAddress(address) {
            reader.findings.append("notify.\(key) has \"\(address)\"; it is a bare address, such as anna@example.com.")
        }
        if let path = reader.text("notify.sendmail") {
            sendmail = path
            if !path.hasPrefix("/") {
                reader.findings.append(
                    "notify.sendmail is \"\(path)\"; it is a whole path, such as /usr/sbin/sendmail.")
            }
        }
        if reader.text("notify.unanswered") == "never" {
            unanswered = nil
        } else if let time = reader.interval("notify.unanswered")?.components.seconds {
            unanswered = time
            if time < 60 { reader.findings.append("notify.unanswered is shorter than a minute: 1m is the least.") }
        }
        if let time = reader.interval("notify.every")?.components.seconds {
            every = time
            if time < Self.leastEvery {
                reader.findings.append("notify.every is shorter than ten minutes: 10m is the least.")
            }
        }
        if command.isEmpty, mail.isEmpty {
            reader.findings.append(
                "notify names nobody: give it command: [/usr/local/bin/tell] or mail: [anna@example.com].")
        }
    }

    /// Whether this is an address that can stand in a header as it is: letters, digits and few signs, one `@`, in 254
    /// bytes. Source: RFC 5321, 4.1.2 and 4.5.3.1, without quoted names and address literals.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, let name = parts.first, let domain = parts.last else {
            return false
        }
        let marks = Array("!#$%&'*+-/=?^_`{|}~.".utf8)
        func isPlain(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        // What begins with a hyphen could be taken for an option.
        return !name.isEmpty && !domain.isEmpty && name.first != UInt8(ascii: "-")
            && name.allSatisfy { isPlain($0) || marks.contains($0) }
            && domain.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }
}
