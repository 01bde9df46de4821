import Domain
import Foundation
import Testing

@testable import DropFolder

@Suite struct FileWriterTests {
    @Test func replacesASmallFileWhole() throws {
        let root = try Scratch()
        let path = root.folders.results + "/1.json"
        try writeAtomically(Array("the first, longer".utf8), to: path)
        try writeAtomically(Array("second".utf8), to: path)
        #expect(try FileSource(path: path).text() == "second")
        #expect(try root.names(root.folders.results) == ["1.json"])
    }

    @Test func writesARelativePathWhereItIs() throws {
        let name = "plumbline-\(UUID().uuidString).txt"
        defer { try? FileManager.default.removeItem(atPath: name) }
        try writeAtomically([0x31], to: name)
        #expect(try System.status(Array(name.utf8))?.size == 1)
    }

    @Test func appendsLinesAndReopens() throws {
        let root = try Scratch()
        let path = root.folders.logs + "/results.log"
        let log = try AppendLog(path: path)
        #expect(try log.tail() == "")
        try log.append("one")
        try log.append("zwei – two")
        #expect(try log.tail() == "one\nzwei – two\n")
        #expect(try log.tail(5) == " two\n")
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        try log.append("three")
        try log.reopen()
        try log.append("four")
        #expect(try FileSource(path: path + ".1").text() == "one\nzwei – two\nthree\n")
        #expect(try FileSource(path: path).text() == "four\n")
    }

    @Test func neverContinuesHalfALine() throws {
        let root = try Scratch()
        let path = root.folders.logs + "/results.log"
        try writeAtomically(Array("whole\nha".utf8), to: path)
        try AppendLog(path: path).append("next")
        #expect(try FileSource(path: path).text() == "whole\nha\nnext\n")
    }
}
