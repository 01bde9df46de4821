import Domain
import Testing

@testable import Procore

@Suite struct CSVReaderTests {
    private func read(
        _ bytes: [UInt8], chunk: Int = .max, limits: ReadingLimits = ReadingLimits()
    ) throws -> (header: [String], rows: [CSVRow]) {
        var reader = CSVReader(MemorySource(bytes, chunk: chunk), limits: limits)
        let header = try reader.readHeader()
        var rows: [CSVRow] = []
        while let row = try reader.next() { rows.append(row) }
        return (header, rows)
    }

    private func fields(_ text: String, chunk: Int = .max) throws -> [[String]] {
        let (header, rows) = try read(Array(text.utf8), chunk: chunk)
        return [header] + rows.map(\.fields)
    }

    // needs ../shared
    @Test(.enabled(if: Shared.exists(Shared.csv)), arguments: Shared.names(Shared.csv, ".csv"))
    func suite(_ name: String) throws {
        let expected = try elements(try Shared.bytes("suites/csv/json", name.dropLast(3) + "json")).lines
        var bytes = try Shared.bytes(Shared.csv, name)
        // The suite's copy of this file can have lost the CRs that its JSON speaks of.
        if name == "newlines_crlf.csv", !bytes.contains(0x0d) {
            bytes = bytes.flatMap { $0 == 0x0a ? [0x0d, $0] : [$0] }
        }
        // The suite's two copies of this file differ in the phone number; it is what stands in the CSV.
        let known = name == "location_coordinates.csv" ? ["1234567890": "2095257564"] : [:]
        for chunk in 1...7 {
            let (header, rows) = try read(bytes, chunk: chunk)
            #expect(rows.count == expected.count)
            for (row, line) in zip(rows, expected) {
                let json = try JSONRecord(parsing: Array(line.utf8.drop { $0 != UInt8(ascii: "{") }))
                #expect(json.keys == header)
                #expect(try header.map { try json.text($0).map { known[$0] ?? $0 } } == row.fields)
            }
        }
    }

    @Test(arguments: [
        ("a,b\r1,2\r3,4", [["a", "b"], ["1", "2"], ["3", "4"]]),
        ("a;b\r\n\"1,5\";2\r\n", [["a", "b"], ["1,5", "2"]]),
        ("a\tb,c\td\n1\t2\t3", [["a", "b,c", "d"], ["1", "2", "3"]]),
        ("\"Name, Inc\";\"x;y\";z\n1;2;3", [["Name, Inc", "x;y", "z"], ["1", "2", "3"]]),
        ("\u{feff}a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("\n;;\n\na;b\n;;\n \t; \n1;2\n", [["a", "b"], ["1", "2"]]),
        ("one\n1\n2", [["one"], ["1"], ["2"]]),
        ("a,b,\n1,2,\n3,4,,,\n5\n", [["a", "b", ""], ["1", "2", ""], ["3", "4", "", "", ""], ["5"]]),
        (
            "a,b\n2\"\" pipe,5' 6\"\n\"\"\"q\"\"\",\"\r\n\"",
            [["a", "b"], ["2\"\" pipe", "5' 6\""], ["\"q\"", "\r\n"]]
        ),
        ("a,b\n\"\"\"\",x", [["a", "b"], ["\"", "x"]]),
    ]) func rowsAreReadOnEveryBorder(_ text: String, _ expected: [[String]]) throws {
        for chunk in [1, 2, 3, 4, 5, 6, 7, .max] { #expect(try fields(text, chunk: chunk) == expected) }
    }

    @Test func rowsKnowWhereTheyStood() throws {
        let text = "a,b\r\n\r\n\"x\r\ny\",1\r\n 2 ,\"\n\"\n3,"
        for chunk in [1, 2, 100] {
            let rows = try read(Array(text.utf8), chunk: chunk).rows
            #expect(rows.map(\.line) == [3, 5, 7])
            #expect(rows.map(\.ordinal) == [1, 2, 3])
            let raw = rows.map { String(decoding: $0.raw, as: UTF8.self) }
            #expect(raw == ["\"x\r\ny\",1\r\n", " 2 ,\"\n\"\n", "3,"])
        }
        #expect(try read(Array("a\r1\r2\r".utf8)).rows.map(\.line) == [2, 3])
    }

    @Test func columnsAreFoundByHeader() throws {
        let row = try #require(try read(Array(" Company Name ,Zip,\n  Acme Co\t, \n".utf8)).rows.first)
        #expect(row["company name"] == "Acme Co")
        #expect(row["Zip"] == nil)
        #expect(row["absent"] == nil)
        #expect(row.fields == ["  Acme Co\t", " "])
    }

    @Test func theEncodingIsTold() throws {
        #expect(try fields("a,b\n1,2\né,€")[2] == ["é", "€"])
        let windows: [UInt8] = Array("a,b\n1,2\n".utf8) + [0xe9, 0x2c, 0x80]
        #expect(try read(windows).rows[1].fields == ["é", "€"])
        let mixed = windows + Array("\nx,y\né,1".utf8)
        #expect(
            what(mixed)
                == "The file is written partly in Windows-1252 and partly in UTF-8: line 5 is UTF-8, "
                + "and text before it is not.")
        #expect(
            what([0xef, 0xbb, 0xbf] + windows) == "Line 3 is written in another encoding than the lines before it.")
        let wide: [UInt8] = "a\tb\né\t€\n".utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        #expect(try read([0xff, 0xfe] + wide).rows[0].fields == ["é", "€"])
    }

    /// What is refused is copied as it stood; a spreadsheet needs a mark to know UTF-8.
    @Test func rowsAreCopiedInTheEncodingOfTheirFile() throws {
        let windows: [UInt8] = Array("a,b\n1,2\n".utf8) + [0xe9, 0x2c, 0x80]
        #expect(try read(windows).rows.map(\.raw) == [Array("1,2\n".utf8), [0xe9, 0x2c, 0x80]])
        let wide: [UInt8] = [0xfe, 0xff] + "a,b\né,€\n".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        for bytes in [wide, [0xef, 0xbb, 0xbf] + Array("a,b\né,€\n".utf8)] {
            var reader = CSVReader(MemorySource(bytes, chunk: 3))
            let row = try reader.next()
            #expect(row?.raw == Array("é,€\n".utf8))
            #expect(reader.rawHeader == Array("\u{feff}a,b\n".utf8))
        }
    }

    private func what(_ bytes: [UInt8], _ limits: ReadingLimits = ReadingLimits()) -> String? {
        do {
            _ = try read(bytes, chunk: 3, limits: limits)
            return nil
        } catch {
            return (error as? Problem)?.what
        }
    }

    @Test(arguments: [
        ("a,b\n1,2,3\n", "Line 2 has 3 fields, and the header has 2."),
        (
            "a,b\n\"1\n2\",\"3\n",
            "A quote that opens in line 3 never closes: the file was probably not copied completely."
        ),
        ("a,b\n\"1\n\",\"2\"x\n", "In line 3, field 2, text follows the closing quote."),
        ("a,b\n1,\0\n", "Line 2 holds a zero byte: the file is no text."),
        ("a,b\n1,\"\n\0\"\n", "Line 3 holds a zero byte: the file is no text."),
        ("a,A\n", "The column A stands twice in the header."),
        (" \n,,\n", "The file is empty: there is no header row."),
        ("", "The file is empty: there is no header row."),
    ]) func whatIsWrongIsSaid(_ text: String, _ expected: String) {
        #expect(what(Array(text.utf8)) == expected)
    }

    @Test func aLongRowIsRefused() {
        let text = "a,b\n1,2\n\"" + String(repeating: "x", count: 30)
        #expect(
            what(Array((text + "\",1\n").utf8), ReadingLimits(recordBytes: 20))
                == "The row in line 3 is longer than 20 bytes: a quote is probably missing.")
    }

    // needs ../shared
    @Test(.enabled(if: Shared.exists(Shared.procore)), arguments: Shared.names(Shared.procore, ".csv"))
    func procoresTemplatesAreRead(_ name: String) throws {
        let (header, rows) = try read(try Shared.bytes(Shared.procore, name), chunk: 7)
        #expect(header.count > 1)
        #expect(rows.allSatisfy { $0.fields.count <= header.count + 1 })
    }
}
