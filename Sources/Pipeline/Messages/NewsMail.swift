import Domain
import Foundation

/// A message as a mail, for `sendmail -t`.
///
/// Nothing that others wrote can become a header: only the subject holds any of it, on one line and encoded, and addresses
/// were checked when the configuration was read. Sources: RFC 5322 (headers, dates), RFC 2045 and 2047 (how what is not
/// ASCII stands in body and headers), RFC 3834 (so that no automatic answer comes).
struct NewsMail {
    private let news: News
    private let settings: NotifySettings

    init(_ news: News, _ settings: NotifySettings) {
        self.news = news
        self.settings = settings
    }

    /// The bytes of the mail; sendmail is given line feeds, as programs of this machine write them.
    var bytes: [UInt8] {
        var headers: [String] = []
        if let from = settings.from { headers.append("From: \(from)") }
        headers.append("To: " + settings.mail.joined(separator: ",\n "))
        headers += [
            "Subject: " + Self.encoded("Plumbline \(news.name): \(news.summary)", after: "Subject: ".utf8.count),
            "Date: \(Self.date(news.at))", "Message-ID: <\(id)>", "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
        ]
        return Array((headers.joined(separator: "\n") + "\n\n").utf8) + Self.quotedPrintable(news.text)
    }

    /// The same for one message of one root, whatever is done with it.
    private var id: String {
        let domain = (settings.from ?? settings.mail.first)?.split(separator: "@").last ?? "localhost"
        return Digest(of: Array("\(news.root) \(news.at)".utf8)).hex(16) + "@" + domain
    }

    // MARK: - Headers

    /// Text of a header: as it stands where it is printable ASCII and short, else in encoded words of at most 75
    /// characters, each of whole characters. Source: RFC 2047, 2 and 5 (3).
    static func encoded(_ text: String, after length: Int) -> String {
        let plain = StatusPage.Item.plain(text)
        // A text that looks encoded would be read so.
        if plain.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }), plain.utf8.count + length <= 76, !plain.contains("=?")
        {
            return plain
        }
        // "=?utf-8?B?" and "?=" take 12; 45 bytes take 60 in base64.
        var words: [String] = []
        var word: [UInt8] = []
        for scalar in plain.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > (words.isEmpty ? 39 : 45) {
                words.append("=?utf-8?B?\(base64(word))?=")
                word = []
            }
            word += bytes
        }
        words.append("=?utf-8?B?\(base64(word))?=")
        return words.joined(separator: "\n ")
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// `Sun, 29 Nov 2026 21:30:05 +0000`
    static func date(_ seconds: Int64) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        // 1970 began on a Thursday.
        let day = days[Int((seconds / 86_400 % 7 + 7) % 7)]
        let parts = WallClock.text(seconds).split(whereSeparator: { "-TZ".contains($0) })
        guard parts.count == 4, let month = Int(parts[1]), months.indices.contains(month - 1), let date = Int(parts[2])
        else { return WallClock.text(seconds) }
        return "\(day), \(date) \(months[month - 1]) \(parts[0]) \(parts[3]) +0000"
    }

    // MARK: - Body

    /// Text as RFC 2045, 6.7 has it: lines of at most 76 characters, nothing but printable ASCII.
    static func quotedPrintable(_ text: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if number > 0 { bytes.append(0x0a) }
            let source = Array(line.utf8)
            var width = 0
            for (place, byte) in source.enumerated() {
                if width > 72 {
                    bytes += Array("=\n".utf8)
                    width = 0
                }
                let isLast = place == source.count - 1
                let isBlank = byte == 0x20 || byte == 0x09
                let isPlain = (0x21..<0x7f).contains(byte) && byte != UInt8(ascii: "=") || isBlank && !isLast
                // A line that is a dot would end the mail for some programs, and one that begins with From is changed.
                let isRisky = width == 0 && (byte == UInt8(ascii: ".") || source[place...].starts(with: "From ".utf8))
                let piece =
                    isPlain && !isRisky ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                bytes += piece
                width += piece.count
            }
        }
        return bytes
    }
}
