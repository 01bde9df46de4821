import Domain
import Procore
import Seeds
import Testing

/// What is written is read as the same, whatever stands in it and in whatever pieces it arrives.
@Suite struct RoundTripTests {
    @Test(arguments: Seeded.seeds) func jsonIsReadAsItWasWritten(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<500 {
            let values = (0..<random.int(1...4)).map { _ in Self.object(&random, depth: 0) }
            let bytes = JSONValue.array(values).bytes(pretty: random.oneIn(2))
            var reader = ExportReader(MemorySource(bytes, chunk: random.int(1...64)))
            var read: [JSONValue] = []
            while let element = try reader.next() {
                guard case .record(let record, _) = element else {
                    Issue.record("not a record: \(element)")
                    return
                }
                read.append(JSONValue(record))
                #expect(try JSONRecord(parsing: record.raw) == record)
            }
            #expect(read == values)
        }
    }

    private static func object(_ random: inout Seeded, depth: Int) -> JSONValue {
        .object(
            (0..<random.int(0...5)).map { index in
                (key: "\(index)" + random.text(atMost: 6), value: value(&random, depth: depth + 1))
            })
    }

    private static func value(_ random: inout Seeded, depth: Int) -> JSONValue {
        switch random.int(0...(depth < 5 ? 7 : 5)) {
        case 0: .null
        case 1: .bool(random.oneIn(2))
        case 2: .number((random.oneIn(2) ? "-" : "") + "\(random.int(0...999_999_999)).\(random.digits(3))")
        case 3: .number("\(random.int(0...9))e\(random.oneIn(2) ? "-" : "")\(random.int(0...400))")
        case 4, 5: .string(random.text(atMost: 20))
        case 6: .array((0..<random.int(0...4)).map { _ in value(&random, depth: depth + 1) })
        default: object(&random, depth: depth)
        }
    }

    @Test(arguments: Seeded.seeds) func csvIsReadAsItWasWritten(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<500 {
            let separator = [",", ";", "\t"][random.int(0...2)]
            let end = ["\n", "\r\n", "\r"][random.int(0...2)]
            let hasMark = random.oneIn(3)
            let columns = random.int(2...6)
            let header = (0..<columns).map { "c\($0)" + Self.field(&random) + "." }
            let rows = (0..<random.int(0...8)).map { _ in
                ["x" + Self.field(&random)] + (1..<columns).map { _ in Self.field(&random) }
            }
            var text = hasMark ? "\u{feff}" : ""
            for row in [header] + rows {
                text += row.map { Self.written($0, isAlwaysQuoted: random.oneIn(3)) }.joined(separator: separator) + end
            }
            var reader = CSVReader(MemorySource(Array(text.utf8), chunk: random.int(1...64)))
            #expect(try reader.readHeader() == header)
            var read: [[String]] = []
            while let row = try reader.next() { read.append(row.fields) }
            #expect(read.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } })
        }
    }

    /// A text without the zero byte, which no CSV holds.
    private static func field(_ random: inout Seeded) -> String {
        String(String.UnicodeScalarView(random.text(atMost: 12).unicodeScalars.filter { $0.value != 0 }))
    }

    private static func written(_ field: String, isAlwaysQuoted: Bool) -> String {
        let marks: Set<Unicode.Scalar> = [",", ";", "\t", "\n", "\r", "\""]
        guard isAlwaysQuoted || field.unicodeScalars.contains(where: marks.contains) else { return field }
        // By scalars: a quote with a loose accent is still a quote.
        let doubled = field.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }
        return "\"" + String(String.UnicodeScalarView(doubled)) + "\""
    }
}
