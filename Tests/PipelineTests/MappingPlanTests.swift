import Converters
import Domain
import Foundation
import Procore
import Seeds
import Testing

@testable import Pipeline
@testable import SyncLedger

/// The plan of a mapping table makes of a record what reading and converting it makes of it, byte for byte, or leaves it to
/// those.
@Suite struct MappingPlanTests {
    /// How many records a seed makes: `PLUMBLINE_PLAN_RECORDS` says otherwise.
    private static let records =
        ProcessInfo.processInfo.environment["PLUMBLINE_PLAN_RECORDS"].flatMap { Int($0) } ?? 5_000

    private func settings(_ random: inout Seeded) -> Settings {
        var settings = Settings(companyID: "8089")
        if random.oneIn(2) { settings.companyKey = "north" }
        settings.lists.shortForms = random.oneIn(2)
        return settings
    }

    @Test(arguments: Seeded.seeds) func bothWaysAgree(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        var (planned, noted) = (0, 0)
        for round in 0..<Self.records {
            // One set of settings serves many records, as in a file.
            var own = Seeded(seed: seed &+ UInt64(round / 100))
            let conversion = try #require(ListConversion(.vendors, settings: settings(&own)))
            let text = PlanRecords.company(&random)
            let json = try JSONRecord(parsing: Array(text.utf8))
            guard let fast = conversion.planned(json) else { continue }
            planned += 1
            let slow = conversion.converted(json)
            let (fastSaid, slowSaid) = (told(fast), told(slow))
            if fastSaid.contains("note:") { noted += 1 }
            guard fastSaid != slowSaid else { continue }
            Issue.record("\(text)\n\(fastSaid)\n\(slowSaid)")
            return
        }
        #expect(planned > Self.records / 4)
        #expect(noted > 0)
    }

    /// Put together with others in memory that is used again, each comes out as it does alone.
    @Test(arguments: Seeded.seeds) func togetherTheyAreAsEachIsAlone(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let conversion = try #require(ListConversion(.vendors, settings: settings(&random)))
        var draft = try #require(conversion.draft())
        var (expected, given): ([String], [String]) = ([], [])
        var pieces = 0
        func take(_ elements: PlannedElements?) {
            pieces += elements == nil ? 0 : 1
            elements?.forEach { element in
                let record = element.record
                given.append(told(record))
                guard case .converted(let content) = record.outcome, let insert = content.insert else { return }
                #expect(element.id == record.id && element.key == record.key)
                #expect(element.insert.requestID == insert.record.requestID)
                #expect(Array(element.request) == insert.request && element.notes == content.notes)
            }
        }
        for _ in 0..<Self.records / 10 {
            let json = try JSONRecord(parsing: Array(PlanRecords.company(&random).utf8))
            let alone = conversion.planned(json)
            #expect(draft.add(json) == (alone != nil))
            if let alone { expected.append(told(alone)) }
            if draft.isFull || random.oneIn(40) { take(draft.take()) }
        }
        take(draft.take())
        #expect(draft.take() == nil)
        #expect(given == expected)
        #expect(pieces > 3 && given.contains { $0.contains("note:") })
    }

    @Test(arguments: [
        // Nothing special about it; nulls and empty texts are nothing.
        (#"{"id":7,"name":"Ash Masonry","is_active":true,"origin_id":null,"zip":""}"#, true),
        // The other name, where the first one is empty.
        (#"{"id":"7","name":" ","company":"Ash & Sons","zip":83702}"#, true),
        // Accents and a long address are changed on the way, and say so.
        (#"{"id":7,"name":"Mu\u00f1oz  Łukasz","address":"1 Main St, Building C, Dock 4, behind the depot"}"#, true),
        (#"{"id":7,"name":"Ash","address":"1 Main St, Building C & D, Dock 4, behind the depot at <Rye>"}"#, true),
        // A tie, a company that is not active, one field twice, a key with an escape, no id.
        (#"{"id":7,"name":"Ash","origin_id":"80000001-1"}"#, false),
        (#"{"id":7,"name":"Ash","is_active":false}"#, false),
        (#"{"id":7,"name":"Ash","name":"Ash"}"#, false),
        (#"{"id":7,"n\u0061me":"Ash"}"#, false),
        (#"{"name":"Ash"}"#, false),
        // What is refused is told by the converter.
        (#"{"id":7,"name":"Ash: North"}"#, false),
        (#"{"id":7,"name":"Ash","city":"A city whose name is longer than QuickBooks takes"}"#, false),
        (#"{"id":7,"name":"Ash","updated_at":"yesterday"}"#, false),
        (#"{"id":7,"name":"Ash","address":"1 A-street-whose-name-has-no-space-and-is-longer-than-a-line"}"#, false),
        (#"{"id":7,"name":"Ash","city":["Boise"]}"#, false),
    ]) func whatThePlanTakes(_ text: String, _ isPlanned: Bool) throws {
        let conversion = try #require(ListConversion(.vendors, settings: Settings(companyID: "8089")))
        let json = try JSONRecord(parsing: Array(text.utf8))
        let planned = conversion.planned(json)
        #expect((planned != nil) == isPlanned)
        if let planned { #expect(told(planned) == told(conversion.converted(json))) }
    }

    @Test func aRecordIsWrittenAsItStands() throws {
        let conversion = try #require(ListConversion(.vendors, settings: Settings(companyID: "8089")))
        let text =
            #"{"id":401104,"name":"Ash & Sons","address":"1 Main St","city":"Boise","business_phone":"208-555-0100"}"#
        let record = try #require(conversion.planned(try JSONRecord(parsing: Array(text.utf8))))
        #expect(record.key == "ash & sons")
        #expect(record.shown == "vendor 401104")
        guard case .converted(let content) = record.outcome, let insert = content.insert else {
            Issue.record("It was not converted.")
            return
        }
        #expect(content.nameKey == "Entity||ash & sons")
        #expect(insert.record.requestID == "8089-vendors-401104-add-1")
        let request = String(decoding: insert.request, as: UTF8.self)
        #expect(
            request.hasPrefix(
                #"<VendorAddRq requestID="8089-vendors-401104-add-1">"#
                    + "<VendorAdd><Name>Ash &amp; Sons</Name><VendorAddress><Addr1>Ash &amp; Sons</Addr1>"
                    + "<Addr2>1 Main St</Addr2><City>Boise</City></VendorAddress><Phone>208-555-0100</Phone>"
                    + "<ExternalGUID>{"))
        #expect(request.hasSuffix("}</ExternalGUID></VendorAdd></VendorAddRq>"))
    }

    @Test func fieldsThatAreExplainedAreNotPlanned() throws {
        var settings = Settings(companyID: "8089")
        settings.explains = true
        let conversion = try #require(ListConversion(.vendors, settings: settings))
        #expect(conversion.planned(try JSONRecord(parsing: Array(#"{"id":7,"name":"Ash"}"#.utf8))) == nil)
    }

    /// The memory that is used again does not grow by one record to hundreds of times what others need.
    @Test(arguments: [(65_000, true), (66_000, false)]) func aVeryLongRecordIsNotPlanned(_ length: Int, _ isIt: Bool)
        throws
    {
        let conversion = try #require(ListConversion(.vendors, settings: Settings(companyID: "8089")))
        let text = #"{"id":7,"name":"Ash","custom":"\#(String(repeating: "x", count: length))"}"#
        let json = try JSONRecord(parsing: Array(text.utf8))
        #expect((conversion.planned(json) != nil) == isIt)
        guard case .converted = conversion.converted(json).outcome else {
            Issue.record("The converter does not take it.")
            return
        }
    }

    /// A `requestID` that would be too long is made from a digest, by the converter's way.
    @Test func aLongRequestIDIsNotPlanned() throws {
        var settings = Settings(companyID: "8089")
        settings.companyKey = "a-key-that-is-rather-long-1234"
        let conversion = try #require(ListConversion(.vendors, settings: settings))
        #expect(conversion.planned(try JSONRecord(parsing: Array(#"{"id":1234567,"name":"Ash"}"#.utf8))) == nil)
    }
}

/// Everything that is said of a converted record.
private func told(_ record: ListRecord) -> String { PlanRecords.told(record) }

enum PlanRecords {
    /// Everything that is said of a record, a line each.
    static func told(_ record: ListRecord) -> String {
        var lines = [
            "id: \(record.id ?? "-")", "title: \(record.businessKey ?? "-")", "key: \(record.key ?? "-")",
            "shown: \(record.shown)", "origin: \(record.originID ?? "-")", "raw: \(Digest(of: record.raw))",
        ]
        guard case .converted(let content) = record.outcome else { return "\(lines) \(record.outcome)" }
        lines += content.notes.map { "note: \($0)" }
        lines += [
            "scope: \(content.scope ?? "-")", "updated: \(content.updatedAt?.microseconds ?? 0)",
            "sequence: \(content.editSequence ?? "-")", "name: \(content.nameKey ?? "-")",
            "wanted: \(content.wanted.encoded)",
        ]
        guard let insert = content.insert else { return lines.joined(separator: "\n") }
        lines.append("request: \(String(decoding: insert.request, as: UTF8.self))")
        lines += told(insert.record)
        return lines.joined(separator: "\n")
    }

    private static func told(_ insert: RecordInsert) -> [String] {
        insert.lend { lent in
            let row = lent.row
            let places = [
                lent.entityName, row.procoreID, row.businessKey, row.scope, row.shown, row.nameKey, row.content,
            ]
            return places.map { lent[$0].map { "value: \(Array($0))" } ?? "null" } + [
                "\(insert.entity) \(insert.requestID) \(row.isPlain)",
                "\(row.businessHash ?? 0) \(row.nameHash ?? 0) \(row.nameHashes) \(row.idHash ?? 0)",
                "\(row.updatedAt ?? 0)",
            ]
        }
    }

    /// A company as Procore gives it or nearly so: mostly plain, now and then with whatever breaks readers.
    static func company(_ random: inout Seeded) -> String {
        var fields = [("id", random.oneIn(30) ? awkward(&random) : number(&random))]
        let texts = [
            ("name", 48), ("company", 30), ("address", 90), ("city", 33), ("state_code", 3), ("zip", 14),
            ("business_phone", 22), ("fax_number", 22), ("notes", 60), ("email_address", 20),
        ]
        for (key, most) in texts where !random.oneIn(8) { fields.append((key, value(&random, most))) }
        if !random.oneIn(5) { fields.append(("updated_at", random.oneIn(20) ? awkward(&random) : moment(&random))) }
        if !random.oneIn(3) { fields.append(("is_active", random.oneIn(12) ? awkward(&random) : "true")) }
        if !random.oneIn(3) { fields.append(("origin_id", random.oneIn(12) ? awkward(&random) : "null")) }
        if random.oneIn(3) { fields.append(("origin_data", "null")) }
        if random.oneIn(25), let twice = fields.randomElement(using: &random) { fields.append(twice) }
        if random.oneIn(3) { fields.shuffle(using: &random) }
        let space = random.oneIn(4) ? " " : ""
        return "{" + fields.map { "\(key($0.0, &random)):\(space)\($0.1)" }.joined(separator: ",\(space)") + "}"
    }

    private static func key(_ key: String, _ random: inout Seeded) -> String {
        random.oneIn(200) ? "\"\\u\(String(format: "%04x", key.utf8.first ?? 0))\(key.dropFirst())\"" : "\"\(key)\""
    }

    /// Digits, as a number or, where zeros may stand ahead, as a text.
    private static func number(_ random: inout Seeded) -> String {
        random.oneIn(3) ? "\"\(random.digits(random.int(1...20)))\"" : "\(random.int(0...999_999_999))"
    }

    private static func moment(_ random: inout Seeded) -> String {
        let fraction = random.oneIn(3) ? ".\(random.digits(random.int(1...7)))" : ""
        let zone = random.oneIn(3) ? "-07:00" : "Z"
        return "\"20\(random.digits(2))-0\(random.int(1...9))-1\(random.int(0...9))T1\(random.int(0...9)):05:1"
            + "\(random.int(0...9))\(fraction)\(zone)\""
    }

    /// A value that is no plain text.
    private static func awkward(_ random: inout Seeded) -> String {
        let values = [
            "null", "true", "false", "12.5e3", "[]", #"{"id":1}"#, #""""#, #""  ""#, #""80000001-17""#, #""false""#,
        ]
        return random.oneIn(3) ? quoted(random.text(atMost: 12)) : values[random.int(0...values.count - 1)]
    }

    private static func value(_ random: inout Seeded, _ most: Int) -> String {
        switch random.int(0...19) {
        case 0: return awkward(&random)
        case 1...2: return quoted(random.text(atMost: most))
        case 3: return number(&random)
        case 4: return "null"
        case 5...6: return quoted(words(&random, most, "&<>:,'\"\t\nñéŁ–\u{a0}"))
        default: return quoted(words(&random, most, "&,"))
        }
    }

    /// Words of letters and digits with single spaces, now and then two, and some other signs.
    private static func words(_ random: inout Seeded, _ most: Int, _ others: String) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-#/()")
        let others = Array(others)
        var text = ""
        let count = random.int(1...most)
        while text.count < count {
            for _ in 0..<random.int(1...11) { text.append(letters[random.int(0...letters.count - 1)]) }
            if random.oneIn(6) { text.append(others[random.int(0...others.count - 1)]) }
            text += random.oneIn(30) ? "  " : " "
        }
        text = String(text.prefix(count))
        return text.last == " " && !random.oneIn(20) ? text + "x" : text
    }

    private static func quoted(_ text: String) -> String {
        let bytes = JSONValue.string(text).bytes(pretty: false)
        return String(decoding: bytes, as: UTF8.self)
    }
}
