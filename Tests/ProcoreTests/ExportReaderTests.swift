import Domain
import Testing

@testable import Procore

@Suite struct ExportReaderTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let text: String
        let shape: ExportShape
        let lines: [String]
        var testDescription: String { text }

        init(_ text: String, _ shape: ExportShape, _ lines: [String]) {
            (self.text, self.shape, self.lines) = (text, shape, lines)
        }
    }

    static let shapes = [
        Shape(#"[{"id":1}, {"id":2}]"#, .list, [#"record 1 {"id":1}"#, #"record 2 {"id":2}"#]),
        Shape(" [ ] \n", .list, []),
        Shape("\u{feff}[{}]", .list, ["record 1 {}"]),
        Shape(#" {"id": 1} "#, .object, [#"record 1 {"id": 1}"#]),
        Shape("{\"id\": 1}\n\n", .object, [#"record 1 {"id": 1}"#]),
        Shape(#"{"data":[{"id":1},{}],"total":2}"#, .data, [#"record 1 {"id":1}"#, "record 2 {}"]),
        Shape(#"{"per_page":[1],"data":{"id":1}}"#, .data, [#"record 1 {"id":1}"#]),
        Shape(#"{"data":[],"errors":[]}"#, .data, []),
        Shape(#"{"data":[{}],"errors":[]}"#, .data, ["record 1 {}"]),
        Shape(#"{"data":"x","id":1}"#, .object, [#"record 1 {"data":"x","id":1}"#]),
        Shape(#"{"data":[1]}"#, .object, [#"record 1 {"data":[1]}"#]),
        Shape(
            #"{"entities":[{"a":1},{}],"errors":[{"b":1}],"x":0}"#, .syncResponse,
            [#"entity 1 {"a":1}"#, "entity 2 {}", #"error 1 {"b":1}"#]),
        Shape(#"{"errors":[{}],"entities":[]}"#, .syncResponse, ["error 1 {}"]),
        Shape(#"{"entities":[],"errors":null}"#, .syncResponse, []),
        Shape(#"{"errors":{"name":["x"]}}"#, .object, [#"record 1 {"errors":{"name":["x"]}}"#]),
        Shape(#"{"id":1,"errors":[]}"#, .object, [#"record 1 {"id":1,"errors":[]}"#]),
        Shape(#"{"request_name":"n","request_data":{"a":1}}"#, .event, [#"event n {"a":1}"#]),
        Shape("{\"a\":1}\n{\"a\":2}", .lines, [#"record 1 {"a":1}"#, #"record 2 {"a":2}"#]),
        Shape("{}\r\n\r\n {}\r\n{}\r\n", .lines, ["record 1 {}", "record 2 {}", "record 3 {}"]),
    ]

    @Test(arguments: shapes) func everyShapeIsReadOnEveryBorder(_ expected: Shape) throws {
        for chunk in [1, 2, 3, 4, 5, 6, 7, .max] {
            let (shape, lines) = try elements(Array(expected.text.utf8), chunk: chunk)
            #expect(shape == expected.shape, "chunk \(chunk)")
            #expect(lines.sorted() == expected.lines.sorted(), "chunk \(chunk)")
        }
    }

    @Test func theShapeIsKnownWithTheFirstElement() throws {
        for expected in Self.shapes where !expected.lines.isEmpty {
            var reader = ExportReader(MemorySource(Array(expected.text.utf8), chunk: 2))
            _ = try reader.next()
            #expect(reader.shape == expected.shape)
        }
    }

    @Test(arguments: [
        ("[{}\n x]", "The file is no valid JSON. Line 2, column 2: a comma or ] was expected, and there is \"x\"."),
        ("\u{feff}[x]", "The file is no valid JSON. Line 1, column 2: a value was expected, and there is \"x\"."),
        ("[{},]", "The file is no valid JSON. Line 1, column 5: a value was expected, and there is \"]\"."),
        (
            "[{}] [",
            "The file is no valid JSON. Line 1, column 6: the end of the file was expected, and there is \"[\"."
        ),
        ("{} {}", "The file is no valid JSON. Line 1, column 4: the end of the file was expected, and there is \"{\"."),
        (
            "{}\n{}{}",
            "The file is no valid JSON. Line 2, column 3: the end of the line was expected, and there is \"{\"."
        ),
        (
            "{}\n{}\n3",
            "The file is no valid JSON. Line 3, column 1: an object was expected on each line, and there is \"3\"."
        ),
        ("[{},\n\n{},7]", "Record 3 of the list is no JSON object."),
        ("{\"entities\":[3]}", "Record 1 of the list is no JSON object."),
        ("", "The file is no valid JSON. Line 1, column 1: there is no JSON in the file."),
        ("\"text\"", "The file holds a single value, and no record."),
        ("[{},{\"a\":1", "The file ends in the middle of record 2 (line 1): it was probably not copied completely."),
        ("[{},\n{}\n", "The file ends after record 2 (line 3): it was probably not copied completely."),
        ("{\"a\":", "The file ends in the middle of its content (line 1): it was probably not copied completely."),
        (
            "{\"data\":[{}],\"errors\":[{}]}",
            "The file holds records (data) and the answers to a sync call (entities, errors) together."
        ),
    ]) func whatIsWrongIsSaid(_ text: String, _ what: String) {
        for chunk in [1, 4, .max] { #expect(problem(text, chunk: chunk) == what) }
    }

    @Test func everyEncodingGivesTheSameRecords() throws {
        let text = #"[{"name":"Peña & Söhne – 5€"},{"id":2}]"#
        let expected = try elements(Array(text.utf8)).lines
        var (little, big): ([UInt8], [UInt8]) = ([], [])
        for unit in text.utf16 {
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xff))
            little += [low, high]
            big += [high, low]
        }
        let mark: [UInt8] = [0xff, 0xfe]
        for bytes in [little, big, mark + little, Windows1252.encode(Array(text.utf8))] {
            for chunk in [1, 3, .max] { #expect(try elements(bytes, chunk: chunk).lines == expected) }
        }
    }

    // needs ../shared
    @Test(
        .enabled(if: Shared.exists(Shared.json)),
        arguments: Shared.names(Shared.json, ".json").filter { $0.lowercased().contains("utf") && $0.hasPrefix("i_") })
    func theSuitesEncodingsAreReadOrRefusedInWords(_ name: String) throws {
        do {
            _ = try elements(try Shared.bytes(Shared.json, name))
        } catch {
            #expect(error is Problem)
        }
    }

    // needs ../shared
    @Test(.enabled(if: Shared.exists(Shared.json))) func theSuitesUTF16IsRead() throws {
        for name in ["i_string_utf16BE_no_BOM.json", "i_string_utf16LE_no_BOM.json", "i_string_UTF-16LE_with_BOM.json"]
        {
            // A list of one text, and no record: that is told as such.
            let bytes = try Shared.bytes(Shared.json, name)
            let problem = #expect(throws: Problem.self) { try elements(bytes) }
            #expect(problem?.what == "Record 1 of the list is no JSON object.")
        }
    }

    @Test func whiteSpaceIsAFileOfLinesOnlyWhereItMayBe() throws {
        for text in ["\n", "\u{feff}", " \r\n\t\n"] {
            var reader = ExportReader(MemorySource(Array(text.utf8), chunk: 1), mayBeBlank: true)
            #expect(try reader.next() == nil)
            #expect(reader.shape == .lines)
            #expect(problem(text, chunk: 1)?.hasSuffix("there is no JSON in the file.") == true)
        }
    }

    /// Wherever a copy stops, nothing of the file counts; only white space at the end may be missing.
    @Test(arguments: [
        #"[{"id":1,"name":"Dämm\u00e4 & Söhne","list":[1.5e3,true,null]},{"id":2}]"#,
        #"{"id":1,"name":"x","parent":{"id":2},"on":false}"#,
        #"{"total":2,"data":[{"id":1},{"id":2}],"more":"z"}"#,
        #"{"entities":[{"id":1}],"errors":[{"id":2,"errors":{"name":["taken"]}}]}"#,
    ]) func aCopyThatStoppedIsRefused(_ text: String) throws {
        let bytes = Array(text.utf8)
        for limits in [ReadingLimits(), ReadingLimits(recordBytes: 70)] {
            _ = try elements(bytes, limits: limits)
            for count in 0..<bytes.count {
                #expect(throws: Problem.self, "\(count) bytes") {
                    try elements(Array(bytes[..<count]), chunk: 1 + count % 5, limits: limits)
                }
            }
        }
    }
}
