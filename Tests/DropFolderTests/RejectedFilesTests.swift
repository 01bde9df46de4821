import Foundation
import Testing

@testable import DropFolder

/// Taking back what was rejected.
@Suite struct RejectedFilesTests {
    private func claim(_ root: Scratch, _ path: String, _ intake: Int = 1) throws -> ClaimedFile {
        try root.drop(path, "[1]")
        return try #require(try root.inbox.claim(RelativePath(path), intake: intake))
    }

    private func file(_ root: Scratch, _ path: String, _ intake: Int = 1, ending: String = "json") throws
        -> RelativePath
    {
        let claimed = try claim(root, path, intake)
        let writer = try root.archive.rejectsWriter(for: claimed)
        try writer.append(Array("[]".utf8))
        try writer.finish()
        let copy = try #require(
            try root.archive.fileRejects(of: claimed, ending: ending, problem: "problem \(intake)\n"))
        _ = try root.archive.file(claimed, processedOn: "2026-11-22")
        return RelativePath(copy.bytes.dropFirst("rejected/".utf8.count).map { $0 })
    }

    @Test(arguments: [
        ("procore/project-225906/budget_line_items.json", "json"), ("procore/commitment-786001.json", "json"),
        ("vendors.csv", "csv"), ("procore/vendors.v2.ndjson", "ndjson"), ("procore/a.rejected.json", "json"),
    ])
    func aCopyGetsTheNameOfItsFileBack(path: String, ending: String) throws {
        let root = try Scratch()
        let copy = try file(root, path, ending: ending)
        #expect(root.text("rejected/\(copy.shown).problem.txt") == "problem 1\n")
        let files = RejectedFiles(root.folders)
        #expect(try files.all() == [copy])
        // The folder and the name are those of the file: they say what the records belong to.
        #expect(try files.takeBack(copy) == path)
        #expect(root.text(path) == "[]")
        #expect(try files.takeBack(copy) == nil, "once")
        #expect(try files.all().isEmpty)
        #expect(root.text("rejected/\(copy.shown).problem.txt") == nil)
    }

    @Test func aSecondCopyAndATakenNameGetNumbers() throws {
        let root = try Scratch()
        let copies = [try file(root, "procore/vendors.json", 1), try file(root, "procore/vendors.json", 2)]
        #expect(copies.map(\.shown) == ["procore/vendors.rejected.json", "procore/vendors.rejected~2.json"])
        let files = RejectedFiles(root.folders)
        #expect(try files.takeBack(copies[1]) == "procore/vendors.json")
        #expect(try files.takeBack(copies[0]) == "procore/vendors~2.json")
        #expect(root.text("procore/vendors.json") == "[]")
    }

    @Test func aLongNameIsNeverCut() throws {
        let root = try Scratch()
        // Cut anywhere, it would name another project, or none.
        let name = String(repeating: "budget-", count: 30) + "project-225906.json"
        let copy = try file(root, "procore/" + name)
        #expect(copy.shown == "procore/\(name.dropLast(5))/records.rejected.json")
        #expect(try RejectedFiles(root.folders).takeBack(copy) == "procore/\(name.dropLast(5))/records.json")
    }

    @Test func aFileIsFoundByItsNameAlone() throws {
        let root = try Scratch()
        let files = RejectedFiles(root.folders)
        #expect(try files.named("a.json").isEmpty)
        _ = try root.archive.file(try claim(root, "procore/project-1/a.json"), rejectedFor: "why")
        #expect(try files.named("a.json").map(\.shown) == ["procore/project-1/a.json"])
        #expect(try files.named("project-1/a.json").map(\.shown) == ["procore/project-1/a.json"])
        #expect(try files.named("ct-1/a.json").isEmpty)
        #expect(try files.named("a.json.problem.txt").isEmpty)
        _ = try root.archive.file(try claim(root, "procore/project-2/a.json", 2), rejectedFor: "why")
        #expect(try files.named("a.json").count == 2)
        #expect(try files.named("project-2/a.json").map(\.shown) == ["procore/project-2/a.json"])
        // The copy of refused records is called by its file's name where no original is.
        let copy = try file(root, "procore/vendors.json", 3)
        #expect(try files.named("vendors.json") == [copy])
        #expect(try files.named("vendors.rejected.json") == [copy])
    }

    @Test func aCopyOfAnEarlierVersionHasNoProblemFile() throws {
        let root = try Scratch()
        try root.drop("rejected/procore/vendors.rejected.json", "[]")
        try root.drop("rejected/procore/notes.json", "{}")
        let files = RejectedFiles(root.folders)
        #expect(try files.all().map(\.shown) == ["procore/vendors.rejected.json"])
    }

    @Test func aProblemFileOfACopyThatACrashLeftIsNoObstacle() throws {
        let root = try Scratch()
        try root.drop("rejected/a.rejected.json.problem.txt", "problem 1\n")
        #expect(try file(root, "a.json").shown == "a.rejected.json")
        #expect(try root.names(root.folders.rejected) == ["a.rejected.json", "a.rejected.json.problem.txt"])
    }
}
