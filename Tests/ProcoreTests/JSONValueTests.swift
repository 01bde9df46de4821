import Testing

@testable import Procore

@Suite struct JSONValueTests {
    @Test func writingIsDeterministic() {
        let value = JSONValue.object([
            ("z", .int(-3)), ("a", .number("1.50")), ("t", .string("\"\\\n\r\t\u{1}/é")),
            ("l", .array([.null, .bool(true)])),
            ("e", .array([])), ("o", .object([])),
        ])
        #expect(
            String(decoding: value.bytes(pretty: false), as: UTF8.self)
                == #"{"z":-3,"a":1.50,"t":"\"\\\n\r\t\u0001/é","l":[null,true],"e":[],"o":{}}"#)
        #expect(
            String(decoding: JSONValue.object([("a", .array([.int(1)]))]).bytes(pretty: true), as: UTF8.self)
                == "{\n  \"a\": [\n    1\n  ]\n}")
    }

    @Test(arguments: [
        #"{"id":1,"name":"a\"b","x":{"y":[1.0,true,false,null,{}]},"e":[]}"#, #"{"k\ney":"\u0000\u001f"}"#,
        #"{"a b":"c  d\ne","\\":"\"  \\","x":" \\\" "}"#,
    ]) func writingWhatWasReadChangesNothing(_ text: String) throws {
        let record = try JSONRecord(parsing: Array(text.utf8))
        for pretty in [false, true] {
            let written = JSONValue(record).bytes(pretty: pretty)
            #expect(JSONValue(try JSONRecord(parsing: written)) == JSONValue(record))
            #expect(String(decoding: JSONValue.compact(written), as: UTF8.self) == text)
            if !pretty { #expect(String(decoding: written, as: UTF8.self) == text) }
        }
    }

    @Test func valuesEqualAsWritten() {
        let one = JSONValue.object([("a", .int(1)), ("b", .int(2))])
        #expect(one == .object([("a", .int(1)), ("b", .int(2))]))
        #expect(one != .object([("b", .int(2)), ("a", .int(1))]))
        #expect(JSONValue.int(1) != .number("1.0"))
        #expect(Set([one, one, .null]).count == 2)
    }
}
