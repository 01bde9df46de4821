import Converters
import Domain
import Foundation
import Procore
import QBXML
import Seeds
import Testing

@testable import Pipeline
@testable import SyncLedger

/// The plan for QuickBooks' vendors makes of an element what converting it makes of it, byte for byte, or leaves it to that.
@Suite struct ImportPlanTests {
    /// How many elements a seed makes: `PLUMBLINE_PLAN_RECORDS` says otherwise.
    private static let elements =
        ProcessInfo.processInfo.environment["PLUMBLINE_PLAN_RECORDS"].flatMap { Int($0) } ?? 5_000

    private func conversion(types: Set<String>? = nil, explains: Bool = false) -> ListElementConversion {
        var settings = Settings(companyID: "8089")
        settings.lists.vendorTypes = types
        settings.explains = explains
        return ListElementConversion(settings: settings, isLong: true)
    }

    private func ret(_ inside: String) throws -> Element {
        try Element.parse(Array("<VendorRet>\(inside)</VendorRet>".utf8))
    }

    @Test(arguments: Seeded.seeds) func bothWaysAgree(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let conversion = conversion()
        var planned = 0
        for _ in 0..<Self.elements {
            let text = VendorRets.inside(&random)
            let element = try ret(text)
            guard let fast = conversion.planned(element) else { continue }
            planned += 1
            let slow = try #require(conversion.convert(element))
            let (fastSaid, slowSaid) = (told(fast), told(slow))
            guard fastSaid != slowSaid else { continue }
            Issue.record("\(text)\n\(fastSaid)\n\(slowSaid)")
            return
        }
        #expect(planned > Self.elements / 4)
        #expect(planned < Self.elements)
    }

    private static let named = "<ListID>80000001-1</ListID><EditSequence>7</EditSequence><Name>Ash Masonry</Name>"

    @Test(arguments: [
        // Nothing special about it; elements that nobody asks for may hold anything.
        (named + "<Notes>two\nlines</Notes>", true),
        // Accents, marks of XML, a state in full, an address that begins with the name in other letters.
        ("<ListID>1-1</ListID><Name>Muñoz &amp; Söhne</Name>", true),
        (
            named
                + "<VendorAddress><Addr1>ASH MASONRY</Addr1><Addr2>1 Main St</Addr2><State>Idaho</State></VendorAddress>",
            true
        ),
        // What JSON escapes, a line break, a state that Procore does not know, a field or an address twice.
        ("<ListID>1-1</ListID><Name>Ash \"Bob\" Masonry</Name>", false),
        (named + "<VendorAddress><Addr1>1 Main St\nUnit 7</Addr1></VendorAddress>", false),
        (named + "<VendorAddress><State>Bavaria</State></VendorAddress>", false),
        (named + "<Phone>1</Phone><Phone>2</Phone>", false),
        (named + "<VendorAddress/><VendorAddress><City>Boise</City></VendorAddress>", false),
        // Left out, without a name or an id, with another name, with an empty version.
        (named + "<IsActive>false</IsActive>", false),
        ("<ListID>1-1</ListID><Name></Name>", false),
        ("<Name>Ash</Name>", false),
        (named + "<FullName>Ash: North</FullName>", false),
        ("<ListID>1-1</ListID><EditSequence/><Name>Ash</Name>", false),
    ]) func whatThePlanTakes(_ inside: String, _ isPlanned: Bool) throws {
        let conversion = conversion()
        let element = try ret(inside)
        let planned = conversion.planned(element)
        #expect((planned != nil) == isPlanned)
        if let planned { #expect(told(planned) == told(try #require(conversion.convert(element)))) }
    }

    @Test func whatProcoreIsToldStandsAsItIsRead() throws {
        let address =
            "<VendorAddress><Addr1>Ash Masonry</Addr1><Addr2>1 Main St</Addr2><Addr3>Dock 4</Addr3><City>Boise</City>"
            + "<State>ID</State><PostalCode>83702</PostalCode></VendorAddress>"
        let element = try ret(Self.named + "<CompanyName>Ash Masonry</CompanyName>" + address + "<Fax>1</Fax>")
        guard case .planned(_, let update)? = conversion().planned(element)?.outcome else {
            Issue.record("It was not planned.")
            return
        }
        #expect(
            String(decoding: update.compact, as: UTF8.self)
                == #"{"origin_id":"80000001-1","origin_data":"{\"edit_sequence\":\"7\"}","origin_code":"Ash Masonry","#
                + #""name":"Ash Masonry","address":"1 Main St Dock 4","city":"Boise","state_code":"ID","zip":"83702","#
                + #""fax_number":"1"}"#)
    }

    @Test func theTypesOfVendorsThatAreLeftOutAreNotPlanned() throws {
        let element = try ret(Self.named + "<VendorTypeRef><FullName>Bank</FullName></VendorTypeRef>")
        #expect(conversion(types: ["Subcontractor"]).planned(element) == nil)
        #expect(conversion(types: ["Bank"]).planned(element) != nil)
    }

    @Test func fieldsThatAreExplainedAreNotPlanned() throws {
        #expect(conversion(explains: true).planned(try ret(Self.named)) == nil)
    }

    /// Other elements, and what was not read, have no plan.
    @Test func otherElementsAreNotPlanned() throws {
        let conversion = conversion()
        #expect(conversion.planned(try Element.parse(Array("<CustomerRet>\(Self.named)</CustomerRet>".utf8))) == nil)
        var made = try ret(Self.named)
        made.text = ""
        #expect(conversion.planned(made) == nil)
    }
}

/// Everything that is said of an element that nothing is known of.
private func told(_ element: ListElement) -> String {
    switch element.outcome {
    case .refused(let problems): return "refused: \(problems)"
    case .planned(let insert, let update): return told(insert, update)
    case .converted(let content):
        var said = content.insert.map { told($0.element, $0.update) } ?? "not at once"
        if let note = content.note { said += "\nnote: \(note)" }
        if let skipped = content.skipped { said += "\nskipped: \(skipped)" }
        return said
    }
}

private func told(_ insert: ElementInsert, _ update: UpdateBatches.Update) -> String {
    let places: [(String, PackedValues.Place)] = [
        ("entity", insert.names.entity), ("list", insert.names.list), ("detail", insert.names.detail),
        ("id", insert.listID), ("edit", insert.editSequence), ("full name", insert.fullName),
        ("key", insert.businessKey), ("shown", insert.shown), ("name key", insert.nameKey),
        ("confirmed", insert.confirmed), ("imported", insert.content),
    ]
    var lines = insert.values.lend { values in
        places.map { name, place in
            name + ": " + (values[place].map { String(decoding: $0, as: UTF8.self) } ?? "-")
        }
    }
    lines.append("\(insert.entity) \(insert.list) \(insert.found) \(insert.sought)")
    lines.append(String(decoding: update.pretty, as: UTF8.self))
    lines.append(String(decoding: update.compact, as: UTF8.self))
    return lines.joined(separator: "\n")
}

/// Vendors as no company has them, and as all have them.
private enum VendorRets {
    private static let names = [
        "Ash Masonry", "Ash &amp; Sons", "Muñoz Söhne", "Łukasz  Tile", " Oak", "Oak ", "O", "Bob \"B\" Lee", "a\\b",
        "Zoe\u{308} Steel", "Zoë Steel", "Birch,  Inc.", "Tab\tLee", "ASH MASONRY", "Elm &lt;West&gt;", "Pine: North",
        "李建筑",
    ]
    private static let texts = [
        "1 Main St", "Ash Masonry", "Dock 4", "", "Unit 7, behind the depot", "P.O. Box 281", "Straße 4", "a\nb", " x ",
        "\u{7f}", "\"", "ASH MASONRY", "Zoe\u{308} Steel",
    ]
    private static let states = ["ID", "WA", "id", "Idaho", "quebec", "Québec", "Bavaria", "", "XX", " ID ", "I D"]

    private static func pick(_ some: [String], _ random: inout Seeded) -> String {
        some[random.int(0...some.count - 1)]
    }

    static func inside(_ random: inout Seeded) -> String {
        let name = pick(names, &random)
        var parts: [String] = []
        if !random.oneIn(40) { parts.append("<ListID>80000001-\(random.int(0...90_000))</ListID>") }
        if !random.oneIn(6) { parts.append("<EditSequence>\(random.oneIn(30) ? "" : "17676")</EditSequence>") }
        if !random.oneIn(40) { parts.append("<Name>\(name)</Name>") }
        if random.oneIn(30) { parts.append("<FullName>\(name)</FullName>") }
        if random.oneIn(4) { parts.append("<IsActive>\(random.oneIn(8) ? "false" : "true")</IsActive>") }
        if random.oneIn(2) {
            parts.append("<CompanyName>\(random.oneIn(3) ? pick(names, &random) : name)</CompanyName>")
        }
        if !random.oneIn(4) { parts.append(address(name, &random)) }
        for field in ["Phone", "Fax", "Email", "Contact", "Mobile", "Notes"] where random.oneIn(3) {
            parts.append("<\(field)>\(random.oneIn(4) ? pick(texts, &random) : "208-555-0100")</\(field)>")
        }
        if random.oneIn(2) {
            parts.append("<NameOnCheck>\(random.oneIn(3) ? pick(names, &random) : name)</NameOnCheck>")
        }
        if random.oneIn(8) { parts.append("<ShipAddress><City>Nampa</City><Name>Other</Name></ShipAddress>") }
        if random.oneIn(40), let again = parts.last { parts.append(again) }
        if random.oneIn(5) { parts.append("<VendorTypeRef><ListID>1</ListID><FullName>Sub</FullName></VendorTypeRef>") }
        return parts.joined(separator: random.oneIn(2) ? "\n" : "")
    }

    private static func address(_ name: String, _ random: inout Seeded) -> String {
        var lines: [String] = []
        for line in 1...5 where !random.oneIn(3) {
            let text = line == 1 && random.oneIn(2) ? name : pick(texts, &random)
            lines.append("<Addr\(line)>\(text)</Addr\(line)>")
        }
        if !random.oneIn(3) { lines.append("<City>\(pick(["Boise", "Montréal", ""], &random))</City>") }
        if !random.oneIn(3) { lines.append("<State>\(pick(states, &random))</State>") }
        if !random.oneIn(3) { lines.append("<PostalCode>83702</PostalCode>") }
        return "<VendorAddress>\(lines.joined())</VendorAddress>"
    }
}
