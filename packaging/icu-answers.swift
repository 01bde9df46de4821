// Prints what Foundation answers out of ICU's data, wherever Plumbline asks it for something: zones and their offsets, days,
// moments as texts, amounts, letters without regard to case, names of hosts, Windows-1252. scripts/package has a program made
// of this with all of the data and one with the small part, and goes on with the part only where both print the same.
import Foundation

let plain = Locale(identifier: "en_US_POSIX")

/// A fingerprint of many answers (FNV-1a), so that a page of them is one line.
struct Fingerprint {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0)
    }

    private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
}

/// Every change of a zone's offset up to 2100, as the moment and the seconds from then on; a day at a time, then by halves.
func offsets(_ zone: TimeZone) -> String {
    func offset(_ moment: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(moment))) }
    let (first, last, step) = (-631_152_000, 4_102_444_800, 604_800)
    var known = offset(first)
    var text = "\(known)"
    for end in stride(from: first + step, through: last, by: step) where offset(end) != known {
        var (before, after) = (end - step, end)
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if offset(middle) == known { before = middle } else { after = middle }
        }
        known = offset(end)
        text += " \(after)=\(known)"
    }
    return text
}

/// Moments as texts and back, and where days begin, of every month of 80 years.
func days(_ zone: TimeZone) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    var answers = Fingerprint()
    let style = Date.ISO8601FormatStyle(timeZone: zone)
    for year in 1970..<2050 {
        for month in 1...12 {
            let day = calendar.date(from: DateComponents(year: year, month: month, day: 1 + (year + month) % 28))
            guard let day else { return "no day in \(year)-\(month)" }
            let noon = day.addingTimeInterval(45_296)
            answers.add("\(day.timeIntervalSince1970) \(calendar.startOfDay(for: noon).timeIntervalSince1970)")
            answers.add(noon.formatted(style))
            answers.add(noon.formatted(style.year().month().day().dateSeparator(.dash)))
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second, .weekday], from: noon)
            answers.add(
                "\(parts.year ?? 0) \(parts.month ?? 0) \(parts.day ?? 0) \(parts.hour ?? 0) \(parts.weekday ?? 0)")
            for unit in [Calendar.Component.day, .month, .year] {
                answers.add("\(calendar.date(byAdding: unit, value: -7, to: noon)?.timeIntervalSince1970 ?? 0)")
            }
        }
    }
    return String(answers.value, radix: 16)
}

/// What is made of a text without regard to case, composition and code page.
func letters(_ scalars: Range<UInt32>) -> String {
    var answers = Fingerprint()
    for scalar in scalars.lazy.compactMap(Unicode.Scalar.init) {
        let text = String(scalar)
        answers.add(text.lowercased())
        answers.add(text.uppercased())
        answers.add("\(text.caseInsensitiveCompare(text.uppercased()).rawValue)")
        answers.add("\("a\(text)b".range(of: "\(text.lowercased())B", options: .caseInsensitive) != nil)")
        answers.add(text.precomposedStringWithCanonicalMapping)
        answers.add(text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil))
        answers.add(text.trimmingCharacters(in: .whitespacesAndNewlines))
        answers.add("\(text.data(using: .windowsCP1252)?.first ?? 0)")
    }
    return String(answers.value, radix: 16)
}

for name in TimeZone.knownTimeZoneIdentifiers.sorted() + ["UTC", "GMT"] {
    guard let zone = TimeZone(identifier: name) else {
        print(name, "is no zone")
        continue
    }
    print(name, zone.identifier, days(zone), offsets(zone))
}
for name in ["America/Nowhere", "EST", "Denver", "", "America/denver", "Mountain Standard Time", "GMT+7"] {
    print("\"\(name)\"", TimeZone(identifier: name)?.identifier ?? "no zone")
}

for page in UInt32(0)..<0x300 { print("letters", page, letters(page << 8..<(page + 1) << 8)) }
for byte in UInt8.min...UInt8.max {
    print("1252", byte, String(data: Data([byte]), encoding: .windowsCP1252)?.unicodeScalars.first?.value ?? 0)
}

for text in [
    "0", "1234567890.12345", "-0.05", "1,234.56", "1.234,56", "1e3", " 7", "", "999999999999999999999999999999.99",
] {
    let number = Decimal(string: text, locale: plain)
    print(
        "amount", text, number.map { "\($0)" } ?? "none", number.map { NSDecimalNumber(decimal: $0).stringValue } ?? "")
}

let header = DateFormatter()
header.locale = plain
header.timeZone = TimeZone(secondsFromGMT: 0)
header.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
for day in 0..<800 {
    let text = header.string(from: Date(timeIntervalSince1970: TimeInterval(day * 2_678_399)))
    print("header", text, header.date(from: text)?.timeIntervalSince1970 ?? -1)
}
for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Dom, 06 nov 1994 08:49:37 GMT", "120"]
{
    print("header", text, header.date(from: text)?.timeIntervalSince1970 ?? -1)
}
for text in ["2026-11-29T14:05:09Z", "2026-11-29T14:05:09+01:00", "2026-02-30T00:00:00Z", "2026-11-29"] {
    print("moment", text, (try? Date(text, strategy: .iso8601))?.timeIntervalSince1970 ?? -1)
}
for text in [
    "https://münchen.example:8443/a?b=c", "https://xn--mnchen-3ya.example", "https://Office.Example/ä",
    "http://[::1]:80",
] {
    print("host", text, URL(string: text)?.host() ?? "none", URLComponents(string: text)?.encodedHost ?? "none")
}
for text in ["ÄRGER", "straße", "İstanbul", "ﬁn", "Ⅷ", "ΑΣ", "e\u{301}"] {
    print("words", text, text.localizedCompare("m").rawValue, text.localizedCaseInsensitiveCompare("M").rawValue)
    print("words", text, text.range(of: "[a-z]+", options: .regularExpression) != nil, text.capitalized)
}
