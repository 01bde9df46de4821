import Converters
import Domain
import Foundation
import Procore
import Seeds
import Testing

@testable import Pipeline
@testable import SyncLedger

/// The plan of commitments makes of one what reading and converting it makes of it, byte for byte, or leaves it to those.
@Suite struct CommitmentPlanTests {
    /// How many commitments a seed makes: `PLUMBLINE_PLAN_RECORDS` says otherwise.
    private static let records =
        ProcessInfo.processInfo.environment["PLUMBLINE_PLAN_RECORDS"].flatMap { Int($0) } ?? 3_000

    private func conversion(_ settings: Settings, path: String = "commitments.json") throws -> DocumentConversion {
        let form = CommitmentToPurchaseOrder.exports.lazy.compactMap { export -> ExportForm.Documents? in
            guard case .success(.documents(let form)) = export.form, form.json != nil, !form.isOfLines else {
                return nil
            }
            return form
        }.first
        return DocumentConversion(
            form: try #require(form), exportContext: ExportContext(path: path), settings: settings)
    }

    private func settings(_ random: inout Seeded) -> Settings {
        var settings = Settings(companyID: "8089")
        if random.oneIn(2) { settings.companyKey = "north" }
        if random.oneIn(3) { settings.documents.lumpSum = .one }
        if random.oneIn(3) { settings.documents.closedBefore = CalendarDate("2026-03-01") }
        if random.oneIn(3) { settings.statuses.commitments = ["Approved", "Complete"] }
        settings.lists.shortForms = random.oneIn(2)
        return settings
    }

    @Test(arguments: Seeded.seeds) func bothWaysAgree(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        var planned = 0
        for round in 0..<Self.records {
            // One set of settings serves many records, as in a file.
            var own = Seeded(seed: seed &+ UInt64(round / 100))
            let conversion = try conversion(settings(&own))
            let plan = try #require(conversion.plan)
            let text = PlanCommitments.commitment(&random)
            let json = try JSONRecord(parsing: Array(text.utf8))
            guard let fast = plan.convert(json) else { continue }
            planned += 1
            let slow = try #require(conversion.convert(json))
            let (fastSaid, slowSaid) = (PlanCommitments.told(fast), PlanCommitments.told(slow))
            guard fastSaid != slowSaid else { continue }
            Issue.record("\(text)\n\(fastSaid)\n\(slowSaid)")
            return
        }
        #expect(planned > Self.records / 6)
    }

    private static let line = #"{"id":7,"amount":"10.0","cost_code":{"full_code":"03-300"}}"#

    private static func commitment(_ more: String, line: String = line) -> String {
        """
        {"id":1,"number":"PO-1","title":"Work","status":"Approved","accounting_method":"amount","vendor":{"id":401201},
         "project":{"id":225906},"line_items":[\(line)]\(more.isEmpty ? "" : ",")\(more)}
        """
    }

    @Test(arguments: [
        (commitment(""), true),
        (commitment(#""grand_total":"10.00","updated_at":"2026-03-02T16:05:11Z","contract_date":"2026-03-02""#), true),
        (
            commitment(#""description":"<p>Furnish &amp; install</p>","inclusions":"","delivery_date":"2026-04-01""#),
            true
        ),
        (commitment(#""description":"Two\nlines","currency_configuration":{"currency_iso_code":"USD"}"#), true),
        // A code with its id is shown to others.
        (
            commitment(
                "",
                line:
                    #"{"id":7,"amount":10.0,"cost_code":{"id":9,"full_code":"03-300","name":"Concrete"},"wbs_code":{"id":8,"flat_code":"03-300.O"}}"#
            ), true
        ),
        // Left out, tied, of another currency, deleted, to an address; a total that is not that of the lines.
        (commitment(#""deleted_at":"2026-03-02T16:05:11Z""#), false),
        (commitment(#""origin_id":"1A-1796000000""#), false),
        (commitment(#""currency_configuration":{"currency_iso_code":"CAD"}"#), false),
        (commitment(#""ship_to_address":"1 Main St""#), false),
        (commitment(#""grand_total":"10.01""#), false),
        (commitment(#""number":"PO-1""#), false),
        (commitment(#""description":"\#(String(repeating: "Long ", count: 21))""#), false),
        (commitment(#""contract_date":"2026-02-30""#), false),
        (commitment(#""updated_at":"yesterday""#), false),
        // Told: a quantity that stays behind, a letter that QuickBooks has not.
        (commitment("", line: #"{"id":7,"amount":"10.0","quantity":"3","cost_code":{"full_code":"03-300"}}"#), false),
        (commitment(#""description":"ł""#), false),
        // Refused: no code, a sub job, tax, a fraction of a cent.
        (commitment("", line: #"{"id":7,"amount":"10.0"}"#), false),
        (
            commitment(
                "", line: #"{"id":7,"amount":"10.0","cost_code":{"full_code":"03-300","biller_type":"SubJob"}}"#), false
        ),
        (commitment("", line: #"{"id":7,"amount":"1","tax_amount":"1","cost_code":{"full_code":"03-300"}}"#), false),
        (commitment("", line: #"{"id":7,"amount":"1.001","cost_code":{"full_code":"03-300"}}"#), false),
        (commitment("", line: ""), false),
    ]) func whatThePlanTakes(_ text: String, _ isPlanned: Bool) throws {
        let conversion = try conversion(Settings(companyID: "8089"))
        let json = try JSONRecord(parsing: Array(text.utf8))
        let planned = conversion.plan?.convert(json)
        #expect((planned != nil) == isPlanned)
        guard let planned else { return }
        #expect(PlanCommitments.told(planned) == PlanCommitments.told(try #require(conversion.convert(json))))
    }

    @Test func fieldsThatAreExplainedAndLinesAloneAreNotPlanned() throws {
        var settings = Settings(companyID: "8089")
        settings.explains = true
        #expect(try conversion(settings).plan == nil)
        for export in CommitmentToPurchaseOrder.exports {
            guard case .success(.documents(let form)) = export.form, form.isOfLines else { continue }
            #expect(DocumentPlan(form, Settings(companyID: "8089")) == nil)
        }
    }

    @Test func whatCannotBeSentIsMadeReadyNoMore() throws {
        let plan = try #require(try conversion(Settings(companyID: "8089")).plan)
        let json = try JSONRecord(parsing: Array(Self.commitment("").utf8))
        for _ in 0..<64 {
            #expect(plan.convert(json) != nil)
            plan.miss()
        }
        #expect(plan.convert(json) == nil)
    }
}

enum PlanCommitments {
    /// Everything that is said of a commitment that was made ready.
    static func told(_ planned: PlannedDocument) -> String {
        told(planned.ready, planned.key, planned.project, planned.codes, planned.raw)
    }

    static func told(_ record: DocumentRecord) -> String {
        guard case .success(.document(let document)) = record.reading, let ready = record.ready else {
            return "\(record.reading) \(String(describing: record.own))"
        }
        let project = document.fragments[DocumentFragment.header]?["project.id"] ?? "-"
        return told(ready, document.key, project, record.codes, record.raw)
    }

    private static func told(
        _ ready: ReadyDocument, _ key: RecordKey, _ project: String, _ codes: [SeenCode], _ raw: [UInt8]
    ) -> String {
        let insert = ready.insert
        var lines = ["\(key) \(project) \(codes) \(Digest(of: raw)) \(insert.entity)"]
        lines += insert.values.lend { values in
            let places = [
                insert.procoreID, insert.scope, insert.shown, insert.nameKey, insert.wanted, insert.project,
                insert.request, insert.messageSet,
            ]
            let texts = places.map {
                values[$0].map { "\(String(decoding: $0, as: UTF8.self)) \(Array($0))" } ?? "null"
            }
            return texts
                + insert.fragments.map {
                    "\($0.name): \(values[$0.content].map { "\(Content(decoding: $0)) \(Array($0))" } ?? "null")"
                }
        }
        lines += [
            "\(insert.nameHash ?? 0) \(insert.ownNameHash ?? 0) \(insert.updatedAt ?? -1) \(insert.isPlain)",
            "\(insert.cents)", "\(ready.draft.references)",
        ]
        let ids = ready.draft.references.indices.map { Array("[\($0)]".utf8) }
        return (lines + [String(decoding: ready.draft.filled(ids), as: UTF8.self)]).joined(separator: "\n")
    }

    // MARK: - Commitments

    /// A commitment as Procore gives it or nearly so: mostly plain, now and then with whatever breaks readers.
    static func commitment(_ random: inout Seeded) -> String {
        let isUnit = random.oneIn(2)
        var total = 0
        let lines = (0..<(random.oneIn(40) ? 0 : random.int(1...5))).map { _ in
            object(line(&random, isUnit, &total), &random)
        }
        var fields: [(String, String)] = [
            ("id", number(&random)), ("number", quoted("PO-\(random.int(1...9_999))")),
            ("status", quoted(random.oneIn(15) ? "Draft" : random.oneIn(4) ? "APPROVED" : "Approved")),
            ("accounting_method", quoted(isUnit ? "unit" : "amount")),
            ("line_items", "[\(lines.joined(separator: ","))]"),
        ]
        fields.append(random.oneIn(8) ? ("vendor_id", number(&random)) : ("vendor", #"{"id":\#(number(&random))}"#))
        fields.append(random.oneIn(8) ? ("project_id", number(&random)) : ("project", #"{"id":\#(number(&random))}"#))
        if !random.oneIn(6) { fields.append(("grand_total", quoted(dollars(total + (random.oneIn(20) ? 1 : 0))))) }
        if !random.oneIn(8) { fields.append(("title", text(&random, 40))) }
        if !random.oneIn(4) { fields.append(("description", description(&random))) }
        for key in ["contract_date", "issued_on_date", "delivery_date"] where random.oneIn(2) {
            fields.append((key, day(&random)))
        }
        for key in ["created_at", "updated_at"] where !random.oneIn(3) { fields.append((key, moment(&random))) }
        for key in ["inclusions", "contract_start_date", "ship_to_address", "origin_id", "origin_data", "deleted_at"]
        where random.oneIn(3) { fields.append((key, random.oneIn(25) ? text(&random, 12) : "null")) }
        if random.oneIn(4) { fields.append(("type", quoted(random.oneIn(2) ? "WorkOrderContract" : "Other"))) }
        if random.oneIn(4) {
            let currency = random.oneIn(8) ? "CAD" : "USD"
            fields.append(("currency_configuration", #"{"currency_iso_code":"\#(currency)"}"#))
        }
        return object(spoiled(fields, &random), &random)
    }

    private static func line(_ random: inout Seeded, _ isUnit: Bool, _ total: inout Int) -> [(String, String)] {
        let (pieces, cents) = isUnit ? (random.int(1...400), random.int(1...90_000)) : (1, random.int(-9_000...900_000))
        total += pieces * cents
        var fields: [(String, String)] = [
            ("id", number(&random)), (random.oneIn(8) ? "total_amount" : "amount", decimal(pieces * cents, &random)),
        ]
        let isManual = !isUnit || random.oneIn(20)
        if !random.oneIn(6) { fields.append(("extended_type", quoted(isManual ? "manual" : "calculated"))) }
        if isUnit || random.oneIn(2) { fields.append(("quantity", isUnit ? "\"\(pieces).0\"" : "\"0.0\"")) }
        if isUnit || random.oneIn(2) { fields.append(("unit_cost", isUnit ? decimal(cents, &random) : "\"0.0\"")) }
        if !random.oneIn(5) { fields.append(("description", text(&random, 60))) }
        if random.oneIn(3) { fields.append(("uom", quoted("ls"))) }
        if random.oneIn(3) { fields.append(("position", "\(random.int(1...20))")) }
        if random.oneIn(4) { fields.append(("tax_amount", random.oneIn(10) ? "1" : "\"0.0\"")) }
        if random.oneIn(6) { fields.append(("tax_code_id", random.oneIn(8) ? "7" : "null")) }
        if random.oneIn(6) { fields.append(("commitment_line_item_id", random.oneIn(2) ? "null" : number(&random))) }
        fields += codes(&random)
        return spoiled(fields, &random)
    }

    private static func codes(_ random: inout Seeded) -> [(String, String)] {
        let code = "\(random.int(10...16))-\(random.digits(3))"
        let flat = (random.oneIn(6) ? "N." : "") + code + (random.oneIn(5) ? "" : ".O")
        let wbs = ("wbs_code", #"{"id":\#(number(&random)),"flat_code":"\#(flat)","description":"Concrete.Other"}"#)
        switch random.int(0...9) {
        case 0: return [wbs]
        case 1: return [("wbs_code_id", number(&random))]
        case 2: return [("cost_code_id", number(&random)), ("cost_code", #"{"full_code":"\#(code)"}"#)]
        case 3, 4:
            var inner = #""id":\#(number(&random)),"full_code":"\#(code)","name":"Concrete""#
            if random.oneIn(3) {
                inner += #","biller_type":"\#(random.oneIn(4) ? "SubJob" : "Project")","biller_id":7"#
            }
            if random.oneIn(3) { inner += #","line_item_types":[{"id":3}]"# }
            return [("cost_code", "{\(inner)}")] + (random.oneIn(2) ? [wbs] : [])
        default: return [("cost_code", #"{"full_code":"\#(random.oneIn(20) ? "Zz É" : code)"}"#)]
        }
    }

    /// Now and then one field twice, one that is something else, one with an escape in its key, or another order.
    private static func spoiled(_ fields: [(String, String)], _ random: inout Seeded) -> [(String, String)] {
        var fields = fields
        if random.oneIn(40), let twice = fields.randomElement(using: &random) { fields.append(twice) }
        if random.oneIn(12) {
            let values = ["null", "true", "false", "12.5e3", "[]", #"{"id":1}"#, #""""#, #""  ""#, #""\u0001""#]
            let place = random.int(0...fields.count - 1)
            fields[place].1 =
                random.oneIn(3) ? quoted(random.text(atMost: 12)) : values[random.int(0...values.count - 1)]
        }
        if random.oneIn(3) { fields.shuffle(using: &random) }
        return fields
    }

    private static func object(_ fields: [(String, String)], _ random: inout Seeded) -> String {
        let space = random.oneIn(4) ? " " : ""
        let members = fields.map { key, value in
            let isEscaped = random.oneIn(400)
            let key = isEscaped ? "\\u\(String(format: "%04x", key.utf8.first ?? 0))\(key.dropFirst())" : key
            return "\"\(key)\":\(space)\(value)"
        }
        return "{" + members.joined(separator: ",\(space)") + "}"
    }

    private static func number(_ random: inout Seeded) -> String {
        random.oneIn(5) ? "\"\(random.digits(random.int(1...19)))\"" : "\(random.int(1...99_999_999))"
    }

    private static func dollars(_ cents: Int) -> String { Amount(cents: Int64(cents)).description }

    private static func decimal(_ cents: Int, _ random: inout Seeded) -> String {
        let text = random.oneIn(2) ? Amount(cents: Int64(cents)).money : dollars(cents)
        return random.oneIn(4) ? text : quoted(text)
    }

    private static func day(_ random: inout Seeded) -> String {
        random.oneIn(15) ? text(&random, 10) : "\"2026-0\(random.int(1...9))-\(random.int(10...31))\""
    }

    private static func moment(_ random: inout Seeded) -> String {
        random.oneIn(20)
            ? text(&random, 12) : "\"2026-0\(random.int(1...9))-1\(random.int(0...9))T1\(random.int(0...9)):05:11Z\""
    }

    private static func description(_ random: inout Seeded) -> String {
        switch random.int(0...5) {
        case 0: quoted("<p>Furnish &amp; install per <b>S\(random.int(1...9)).0</b></p>")
        case 1: quoted("<ul><li>One</li><li>Two</li></ul>")
        default: text(&random, random.oneIn(5) ? 200 : 80)
        }
    }

    private static func text(_ random: inout Seeded, _ most: Int) -> String {
        switch random.int(0...9) {
        case 0: return quoted(random.text(atMost: most))
        case 1: return quoted("Line\nbreak & <more> \"é\"")
        default:
            let words = ["Furnish", "install", "4\" pipe", "A&B", "pad", "Bldg. 7,", "(alt)", "no:1", "x<y"]
            var text = words[random.int(0...words.count - 1)]
            while text.count < most, !random.oneIn(4) { text += " " + words[random.int(0...words.count - 1)] }
            return quoted(String(text.prefix(most)))
        }
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).bytes(pretty: false), as: UTF8.self)
    }
}
