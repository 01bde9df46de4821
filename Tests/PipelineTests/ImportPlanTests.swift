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

    private func settings(types: Set<String>? = nil, explains: Bool = false) -> Settings {
        var settings = Settings(companyID: "8089")
        settings.lists.vendorTypes = types
        settings.explains = explains
        return settings
    }

    private func converted(_ inside: String) throws -> ListElement {
        let element = try Element.parse(Array("<VendorRet>\(inside)</VendorRet>".utf8))
        return try #require(ListElementConversion(settings: settings()).convert(element))
    }

    /// What the plan makes of vendors in a response, and how many it leaves to the converter.
    private func planned(
        _ vendors: [String], _ settings: Settings, name: String = "VendorRet"
    ) throws -> (vendors: PlannedVendors?, left: Int) {
        let elements = vendors.map { "<\(name)>\($0)</\(name)>\n" }
        let response =
            "<QBXML><QBXMLMsgsRs><VendorQueryRs statusCode=\"0\">\n" + elements.joined()
            + "</VendorQueryRs></QBXMLMsgsRs></QBXML>"
        var reader = try ResponseReader(MemorySource(Array(response.utf8)))
        var reading = VendorReading(settings: settings)
        var left = 0
        while let event = try reader.next(reading.objects, { reading.take($0, readFrom: $1) }) {
            if case .object = event { left += 1 }
        }
        return (reading.handOver()?.vendors, left)
    }

    private func planned(_ inside: String, _ settings: Settings? = nil) throws -> PlannedVendors? {
        try planned([inside], settings ?? self.settings()).vendors
    }

    @Test(arguments: Seeded.seeds) func bothWaysAgree(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let settings = settings()
        var (count, left) = (0, Self.elements)
        while left > 0 {
            let texts = (0..<min(50, left)).map { _ in VendorRets.inside(&random) }
            left -= texts.count
            let made = try planned(texts, settings)
            guard let some = made.vendors else { continue }
            #expect(some.inserts.count + made.left == texts.count)
            // In their order, those that were left out left out.
            var rest = texts[...]
            for (index, element) in try some.elements().enumerated() {
                let slow = try #require(ListElementConversion(settings: settings).convert(element))
                let fastSaid = told(some, index)
                while let text = rest.first, told(try converted(text)) != fastSaid { rest = rest.dropFirst() }
                guard told(slow) == fastSaid, !rest.isEmpty else {
                    Issue.record("\(fastSaid)\n\(told(slow))\n\(texts)")
                    return
                }
                rest = rest.dropFirst()
                count += 1
            }
        }
        #expect(count > Self.elements / 4)
        #expect(count < Self.elements)
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
        let planned = try planned(inside)
        #expect((planned != nil) == isPlanned)
        if let planned { #expect(told(planned, 0) == told(try converted(inside))) }
    }

    @Test func whatProcoreIsToldStandsAsItIsRead() throws {
        let address =
            "<VendorAddress><Addr1>Ash Masonry</Addr1><Addr2>1 Main St</Addr2><Addr3>Dock 4</Addr3><City>Boise</City>"
            + "<State>ID</State><PostalCode>83702</PostalCode></VendorAddress>"
        let inside = Self.named + "<CompanyName>Ash Masonry</CompanyName>" + address + "<Fax>1</Fax>"
        let planned = try #require(try planned(inside))
        #expect(
            String(decoding: planned.update(0).compact, as: UTF8.self)
                == #"{"origin_id":"80000001-1","origin_data":"{\"edit_sequence\":\"7\"}","origin_code":"Ash Masonry","#
                + #""name":"Ash Masonry","address":"1 Main St Dock 4","city":"Boise","state_code":"ID","zip":"83702","#
                + #""fax_number":"1"}"#)
    }

    @Test func theTypesOfVendorsThatAreLeftOutAreNotPlanned() throws {
        let inside = Self.named + "<VendorTypeRef><FullName>Bank</FullName></VendorTypeRef>"
        #expect(try planned(inside, settings(types: ["Subcontractor"])) == nil)
        #expect(try planned(inside, settings(types: ["Bank"])) != nil)
    }

    @Test func fieldsThatAreExplainedAreNotPlanned() throws {
        #expect(try planned(Self.named, settings(explains: true)) == nil)
    }

    /// Other elements have no plan.
    @Test func otherElementsAreNotPlanned() throws {
        let made = try planned([Self.named], settings(), name: "CustomerRet")
        #expect(made.vendors == nil)
        #expect(made.left == 1)
    }

    /// Vendors of which something is known are made into elements again.
    @Test func plannedVendorsAreElementsAgain() throws {
        let texts = [Self.named, "<ListID>2-2</ListID><Name>Birch &amp; Sons</Name>"]
        let planned = try #require(try planned(texts, settings()).vendors)
        #expect(try planned.elements().map { $0["Name"] } == ["Ash Masonry", "Birch & Sons"])
        #expect(planned.inserts.count == 2)
    }
}

/// Everything that is said of an element that nothing is known of.
private func told(_ element: ListElement) -> String {
    switch element.outcome {
    case .refused(let problems): return "refused: \(problems)"
    case .converted(let content):
        var said =
            content.insert.map { told($0.element, pretty: $0.update.pretty, compact: $0.update.compact) }
            ?? "not at once"
        if let note = content.note { said += "\nnote: \(note)" }
        if let skipped = content.skipped { said += "\nskipped: \(skipped)" }
        return said
    }
}

private func told(_ planned: PlannedVendors, _ index: Int) -> String {
    let update = planned.update(index)
    return told(planned.inserts[index], pretty: Array(update.pretty), compact: Array(update.compact))
}

private func told(_ insert: ElementInsert, pretty: [UInt8], compact: [UInt8]) -> String {
    let places: [(String, KeyPath<ElementInserts.Row, PackedValues.Place>)] = [
        ("entity", \.entity), ("list", \.list), ("detail", \.detail), ("id", \.listID), ("edit", \.editSequence),
        ("full name", \.fullName), ("key", \.businessKey), ("shown", \.shown), ("name key", \.nameKey),
        ("confirmed", \.confirmed), ("imported", \.content),
    ]
    var lines = places.map { name, place in name + ": " + (insert.text(place) ?? "-") }
    lines.append("\(insert.entity) \(insert.list) \(insert.found) \(insert.sought)")
    lines.append(String(decoding: pretty, as: UTF8.self))
    lines.append(String(decoding: compact, as: UTF8.self))
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
