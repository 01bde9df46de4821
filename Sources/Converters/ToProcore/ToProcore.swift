import Domain
import Procore
import QBXML

/// A converter of elements of a QuickBooks list to Procore records.
public protocol ToProcore: Converter {
    /// The list it comes from.
    static var list: QuickBooksKind { get }
    /// The mapping table, in the order in which the keys are written.
    static var rows: [Row<Element>] { get }
    /// The paths of the fields that say whether an element is left out.
    static var deciding: [String] { get }
    /// Why an element is left out, where a rule says so.
    /// - Parameters:
    ///   - text: the text at a path, of those in ``deciding``; nil where there is none.
    ///   - settings: what one root's configuration says.
    static func skipped(_ text: (String) -> String?, settings: Settings) -> Skipped?
}

extension ToProcore {
    /// The elements of its list.
    public static var reads: [QuickBooksKind] { [list] }
    /// The table's lines.
    public static var table: [TableLine] { rows.map { TableLine($0) } }

    /// What a QuickBooks element should be in Procore.
    /// - Throws: all its problems.
    public static func convert(_ ret: Element, settings: Settings) throws(Problems) -> Mapped {
        try map(ret, rows, shown: shown(ret), settings: settings)
    }

    /// Why an element is left out, where a rule says so.
    public static func skipped(_ ret: Element, settings: Settings) -> Skipped? {
        skipped({ ret[$0] }, settings: settings)
    }

    /// `QuickBooks Vendor "Riverton Lumber"`
    public static func shown(_ ret: Element) -> String {
        let name = ret["FullName"] ?? ret["Name"] ?? ret["ListID"] ?? "without name"
        return "QuickBooks " + list.rawValue + " \"" + name + "\""
    }

    /// The fields in which Procore's record has to be changed.
    public static func changes(from given: Content, to wanted: Content, settings: Settings) -> Content {
        let allowed = Set(
            rows.filter { $0.update == .always || $0.update == .address && settings.lists.updateAddresses }.map(
                \.target))
        return Content(
            wanted.fields.filter { allowed.contains($0.path) && given[$0.path] != wanted[$0.path] })
    }
}

/// The parts of a QuickBooks address that Procore has fields for.
enum AddressPart {
    /// The street lines in one, without the line that repeats the name.
    static func street(_ ret: Element, _ block: String) -> String? {
        guard let address = ret.first(block) else { return nil }
        var lines: [String] = []
        for name in streetLines { if let line = address[name], !line.isEmpty { lines.append(line) } }
        return street(lines, names: names.lazy.compactMap { ret[$0] })
    }

    /// Lines of a street in one, without the first where it repeats a name.
    static func street(_ lines: [String], names: some Sequence<String>) -> String? {
        let isName = lines.first.map { self.isName($0, names) } ?? false
        let rest = isName ? lines.dropFirst() : lines[...]
        return rest.isEmpty ? nil : rest.joined(separator: " ")
    }

    /// The fields that the first line of an address may repeat.
    static let names = ["Name", "CompanyName", "NameOnCheck"]

    static let streetLines = ["Addr1", "Addr2", "Addr3", "Addr4", "Addr5"]

    private static func isName(_ line: String, _ names: some Sequence<String>) -> Bool {
        // Mostly it is the name as it stands.
        if names.contains(where: { $0 == line }) { return true }
        let key = QuickBooksText.comparisonKey(line)
        return names.contains { QuickBooksText.comparisonKey($0) == key }
    }

    /// Procore's two letters for a state or province, from them or from its name in full; nil where it is neither.
    static func stateCode(_ ret: Element, _ block: String) -> String? {
        ret["\(block)/State"].flatMap { stateCode(of: $0) }
    }

    /// Procore's two letters for what stands for a state or province; nil where it is none.
    static func stateCode(of text: String) -> String? {
        let text = oneLine(text)
        guard !text.isEmpty else { return nil }
        if stateCodes.contains(text) { return text }
        let upper = text.uppercased()
        if stateCodes.contains(upper) { return upper }
        return stateNames[text.lowercased()]
    }

    /// Whether a text is Procore's two letters for a state or province.
    static func isStateCode(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == 2, text[0] &- 0x41 < 26, text[1] &- 0x41 < 26 else { return false }
        return letters[Int(text[0] - 0x41) * 26 + Int(text[1] - 0x41)]
    }

    /// For any two letters whether they are one.
    private static let letters: [Bool] = {
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
        return letters.flatMap { first in letters.map { stateCodes.contains(first + $0) } }
    }()

    /// Whether an element has anything in an address.
    static func exists(_ ret: Element, _ block: String) -> Bool {
        guard let address = ret.first(block) else { return false }
        return streetLines.contains(where: address.hasText)
            || ["City", "State", "PostalCode"].contains(where: address.hasText)
    }
}

/// The two letters of each.
private let stateCodes = Set(stateNames.values)

// swift-format-ignore
/// US states, the District of Columbia and territories, and Canadian provinces, by name. Source: ISO 3166-2.
private let stateNames: [String: String] = [
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA",
    "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY",
    "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN",
    "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH",
    "new jersey": "NJ", "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND",
    "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA", "rhode island": "RI",
    "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT",
    "virginia": "VA", "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
    "puerto rico": "PR", "guam": "GU", "american samoa": "AS", "u.s. virgin islands": "VI",
    "northern mariana islands": "MP",
    "alberta": "AB", "british columbia": "BC", "manitoba": "MB", "new brunswick": "NB",
    "newfoundland and labrador": "NL", "northwest territories": "NT", "nova scotia": "NS", "nunavut": "NU",
    "ontario": "ON", "prince edward island": "PE", "quebec": "QC", "québec": "QC", "saskatchewan": "SK", "yukon": "YT",
]
