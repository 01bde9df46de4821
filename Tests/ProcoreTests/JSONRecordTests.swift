import Domain
import Testing

@testable import Procore

@Suite struct JSONRecordTests {
    private func record(_ text: String) throws -> JSONRecord { try JSONRecord(parsing: Array(text.utf8)) }

    @Test func textIsWhatWasWritten() throws {
        let record = try record(
            #"{"id": 12345678901234567890, "rate": 1.50e+2, "name": "a\"\\\/\b\f\n\r\tz", "on": true, "off": false, "#
                + #""none": null, "parent": {"id": 7, "of": {"x.y": "deep"}}, "euro": "\u20ac", "face": "\uD83D\uDE00"}"#
        )
        #expect(try record.text("id") == "12345678901234567890")
        #expect(try record.text("rate") == "1.50e+2")
        #expect(try record.text("name") == "a\"\\/\u{8}\u{c}\n\r\tz")
        #expect(try record.text("on") == "true")
        #expect(try record.text("off") == "false")
        #expect(try record.text("none") == nil)
        #expect(try record.text("absent") == nil)
        #expect(try record.text("parent.id") == "7")
        #expect(try record.text("parent.absent") == nil)
        #expect(try record.text("id.absent") == nil)
        #expect(try record.text("euro") == "€")
        #expect(try record.text("face") == "😀")
        #expect(record.has("none"))
        #expect(!record.has("x.y"))
        #expect(record.keys == ["id", "rate", "name", "on", "off", "none", "parent", "euro", "face"])
    }

    @Test func objectsAndListsAreNoText() throws {
        let record = try record(#"{"a": {"b": 1}, "c": {"d": [1]}}"#)
        #expect(throws: Problem.self) { try record.text("a") }
        do {
            _ = try record.text("c.d")
            Issue.record("a list was taken for a text")
        } catch {
            #expect(error.field == "c.d")
            #expect(error.what == "The field c.d holds a list, where a text was expected.")
        }
    }

    @Test func keysThatStandTwiceHaveToAgree() throws {
        #expect(try record(#"{"a": 1, "a": 1}"#).text("a") == "1")
        let twice = try record(#"{"a": 1, "\u0061": 2, "b": {"c": 1, "c": 2}, "d": 3}"#)
        #expect(throws: Problem.self) { try twice.text("a") }
        #expect(throws: Problem.self) { try twice.text("b.c") }
        #expect(try twice.text("d") == "3")
    }

    @Test func keysMatchAsTheyAreMeant() throws {
        let record = try record(#"{"n\u0061me": "x", "na": "y", "é": "z", "a\nb": 1, "": 2}"#)
        #expect(try record.text("name") == "x")
        #expect(try record.text("na") == "y")
        #expect(try record.text("é") == "z")
        #expect(try record.text("a\nb") == "1")
        #expect(try record.text("") == "2")
        #expect(record.has("name"))
        #expect(record.keys.first == "name")
    }

    @Test func listsAndObjectsBecomeRecords() throws {
        let record = try record(
            #"{"lines": [{"id": 1, "of": {"n": "a\u0062"}}, {"id": 2}], "tags": ["x", "\u0079"], "mixed": [{}, 1], "e": []}"#
        )
        let lines = try #require(try record.records("lines"))
        #expect(try lines.map { try $0.text("id") } == ["1", "2"])
        #expect(try lines[0].text("of.n") == "ab")
        #expect(try lines[0].record("of")?.text("n") == "ab")
        #expect(String(decoding: lines[1].raw, as: UTF8.self) == #"{"id": 2}"#)
        #expect(try record.strings("tags") == ["x", "y"])
        #expect(try record.records("e")?.isEmpty == true)
        #expect(try record.records("absent") == nil)
        #expect(throws: Problem.self) { try record.records("mixed") }
    }

    @Test(arguments: ["", "[]", "{", "{} x", "1", #"{"a":}"#, " {}"]) func onlyOneObjectParses(_ text: String) {
        #expect(throws: Problem.self) { try JSONRecord(parsing: Array(text.utf8)) }
    }
}
