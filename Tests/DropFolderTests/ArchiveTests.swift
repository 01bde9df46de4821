import Domain
import Foundation
import Testing

@testable import DropFolder

@Suite struct ArchiveTests {
    private func claim(_ root: Scratch, _ path: RelativePath, _ intake: Int, _ text: String = "{}") throws
        -> ClaimedFile
    {
        try root.drop(path, text)
        return try #require(try root.inbox.claim(path, intake: intake))
    }

    @Test func keepsFolderAndNameAndNumbersTheSecond() throws {
        let root = try Scratch()
        let path = RelativePath("procore/project-1/a.json")
        for (intake, filed) in [(1, "a.json"), (2, "a~2.json"), (3, "a~3.json")] {
            let claimed = try claim(root, path, intake, "\(intake)")
            let place = try root.archive.file(claimed, processedOn: "2026-11-22")
            #expect(place == RelativePath("processed/2026-11-22/procore/project-1/\(filed)"))
            #expect(root.text("processed/2026-11-22/procore/project-1/\(filed)") == "\(intake)")
        }
        #expect(try root.names(root.folders.claimed) == [])
    }

    @Test func aClaimIsOneName() throws {
        let root = try Scratch()
        let names = ["a.json": "1-a.json", "b/c/d%2F.json": "2-b%2Fc%2Fd%252F.json", "e.copying": "3-e.copying"]
        let opened = try root.inbox.open()
        for (path, name) in names.sorted(by: { $0.value < $1.value }) {
            try root.drop(path, path)
            let intake = try #require(Int(name.prefix(1)))
            let claimed = try #require(try root.inbox.claim(RelativePath(path), intake: intake, in: opened))
            #expect(try root.names(root.folders.claimed) == [name])
            #expect(root.text(".claimed/\(name)") == path)
            // What the next start finds, and what the ledger remembers, is the same file.
            let found = try root.inbox.claims()
            #expect(found.map(\.intake) == [intake])
            #expect(found.map(\.path) == [RelativePath(path)])
            let known = ClaimedFile(root.folders, intake: intake, knownAs: Array(path.utf8))
            #expect(try known.open().text() == path)
            let filed = try root.archive.file(intake == 2 ? known : claimed, processedOn: "2026-11-22")
            #expect(filed == RelativePath("processed/2026-11-22/\(path)"))
            #expect(try root.names(root.folders.claimed) == [])
        }
    }

    @Test func aClaimOfTooLongANameHasFolders() throws {
        let root = try Scratch()
        let path = "b/" + String(repeating: "n", count: 250) + ".json"
        try root.drop(path, "long")
        let claimed = try #require(try root.inbox.claim(RelativePath(path), intake: 1))
        #expect(root.text(".claimed/1/\(path)") == "long")
        #expect(try root.inbox.claims().map(\.path) == [RelativePath(path)])
        #expect(try ClaimedFile(root.folders, intake: 1, knownAs: Array(path.utf8)).open().text() == "long")
        #expect(try root.archive.file(claimed, processedOn: "2026-11-22") != nil)
        #expect(try root.names(root.folders.claimed) == [])
    }

    @Test func aClaimOfAnEarlierVersionIsFiled() throws {
        let root = try Scratch()
        // Version 1 gave each claim folders of its own.
        try root.drop(".claimed/7/procore/a.json", "early")
        let claimed = try #require(try root.inbox.claims().first)
        #expect(claimed.intake == 7)
        #expect(try claimed.open().text() == "early")
        #expect(
            try root.archive.file(claimed, processedOn: "2026-11-22")
                == RelativePath("processed/2026-11-22/procore/a.json"))
        #expect(try root.names(root.folders.claimed) == [])
    }

    @Test func rejectsWithAProblemFileBeside() throws {
        let root = try Scratch()
        for filed in ["a.json", "a~2.json"] {
            let claimed = try claim(root, RelativePath("procore/a.json"), 1)
            #expect(try root.archive.file(claimed, rejectedFor: "why\n") == RelativePath("rejected/procore/\(filed)"))
            #expect(root.text("rejected/procore/\(filed).problem.txt") == "why\n")
        }
    }

    @Test func filingTwiceIsFilingOnce() throws {
        let root = try Scratch()
        let claimed = try claim(root, RelativePath("a.json"), 1)
        #expect(try root.archive.file(claimed, rejectedFor: "why") != nil)
        #expect(try root.archive.file(claimed, rejectedFor: "why") == nil)
        #expect(try root.archive.file(claimed, processedOn: "2026-11-22") == nil)
        #expect(try root.names(root.folders.rejected) == ["a.json", "a.json.problem.txt"])
    }

    @Test func aProblemFileThatACrashLeftIsNoObstacle() throws {
        let root = try Scratch()
        let claimed = try claim(root, RelativePath("a.json"), 1)
        try root.drop("rejected/a.json.problem.txt", "half")
        #expect(try root.archive.file(claimed, rejectedFor: "whole") == RelativePath("rejected/a.json"))
        #expect(root.text("rejected/a.json.problem.txt") == "whole")
    }

    @Test func namesOf255BytesFit() throws {
        let root = try Scratch()
        let name = RelativePath("a" + String(repeating: "ü", count: 124) + "b.json")
        #expect(name.name.count == 255)
        for intake in 1...3 {
            let filed = try #require(try root.archive.file(try claim(root, name, intake), rejectedFor: "why"))
            #expect(filed.name.count <= 255)
        }
        let names = try System.names(in: Array(root.folders.rejected.utf8))
        #expect(names.allSatisfy { $0.count <= 255 && String(validating: $0, as: UTF8.self) != nil })
        #expect(names.filter { RelativePath($0).shown.hasSuffix(".problem.txt") }.count >= 1)
        #expect(names.filter { RelativePath($0).shown.hasSuffix(".json") }.count == 3)
    }

    @Test(arguments: [[0xff, 0x2e, 0x6a], Array("a\nb.json".utf8), Array("noending".utf8)] as [[UInt8]])
    func filesAnyName(bytes: [UInt8]) throws {
        let root = try Scratch()
        let path = RelativePath(bytes)
        let filed = try root.archive.file(try claim(root, path, 1, "x"), processedOn: "2026-11-22")
        #expect(filed == RelativePath("processed/2026-11-22").appending(bytes))
        #expect(filed.map { root.text($0) } == "x")
    }

    @Test func reportsWhatStaysWhereItIsOnce() throws {
        let root = try Scratch()
        let path = RelativePath("procore/link.json")
        #expect(try root.archive.report(path, problem: "a link"))
        #expect(try !root.archive.report(path, problem: "a link"))
        #expect(root.text("rejected/procore/link.json.problem.txt") == "a link")
    }

    @Test func whatIsReportedIsNotTakenForAFileOfItsName() throws {
        let root = try Scratch()
        let path = RelativePath("a.json")
        #expect(try root.archive.file(try claim(root, path, 1), rejectedFor: "why") == RelativePath("rejected/a.json"))
        #expect(try root.archive.report(path, problem: "a link"))
        #expect(try !root.archive.report(path, problem: "a link"))
        #expect(root.text("rejected/a.json.problem.txt") == "why")
        #expect(root.text("rejected/a~2.json.problem.txt") == "a link")
    }

    @Test func aFileInTheWayOfAFolderHoldsUpNobody() throws {
        let root = try Scratch()
        _ = try root.archive.file(try claim(root, RelativePath("x.json"), 1, "file"), rejectedFor: "why")
        try FileManager.default.createDirectory(
            atPath: root.folders.inbox + "/x.json", withIntermediateDirectories: true)
        let claimed = try claim(root, RelativePath("x.json/sub/a.json"), 2, "in folder")
        #expect(
            try root.archive.file(claimed, rejectedFor: "why") == RelativePath("rejected/x~2.json/sub/a.json"))
        #expect(try root.archive.report(RelativePath("x.json/link"), problem: "a link"))
        #expect(root.text("rejected/x.json") == "file")
        #expect(root.text("rejected/x~2.json/sub/a.json") == "in folder")
        #expect(root.text("rejected/x~2.json/link.problem.txt") == "a link")
    }

    @Test func aDroppedProblemFileIsNeverOverwritten() throws {
        let root = try Scratch()
        let dropped = try claim(root, RelativePath("a.json.problem.txt"), 1, "dropped")
        #expect(
            try root.archive.file(dropped, rejectedFor: "no export")
                == RelativePath("rejected/a.json.problem~2.txt"))
        let second = try claim(root, RelativePath("a.json"), 2)
        #expect(try root.archive.file(second, rejectedFor: "why") == RelativePath("rejected/a.json"))
        #expect(root.text("rejected/a.json.problem~2.txt") == "dropped")
        #expect(root.text("rejected/a.json.problem.txt") == "why")
        // A folder of that name is no place for a problem file either.
        try FileManager.default.createDirectory(
            atPath: root.folders.rejected + "/b.json.problem.txt", withIntermediateDirectories: true)
        let third = try claim(root, RelativePath("b.json"), 3)
        #expect(try root.archive.file(third, rejectedFor: "why") == RelativePath("rejected/b~2.json"))
    }

    @Test func longNamesThatBeginAlikeHaveTheirOwnProblemFiles() throws {
        let root = try Scratch()
        let start = String(repeating: "a", count: 245)
        // 245 + 5 + 5 = 255 bytes; the two differ only behind what a problem file's name can hold.
        for (intake, name) in [(1, "\(start)first.json"), (2, "\(start)other.json"), (3, "\(start)third.json")] {
            let claimed = try claim(root, RelativePath(name), intake)
            #expect(claimed.path.name.count == 255)
            _ = try root.archive.file(claimed, rejectedFor: "problem \(intake)")
        }
        let texts = try root.names(root.folders.rejected).filter { $0.hasSuffix(".problem.txt") }
            .map { root.text("rejected/\($0)") }
        #expect(Set(texts) == ["problem 1", "problem 2", "problem 3"])
    }

    @Test func filesTheCopyOfRefusedRecords() throws {
        let root = try Scratch()
        for (intake, filed) in [(1, "vendors.rejected.json"), (2, "vendors.rejected~2.json")] {
            let claimed = try claim(root, RelativePath("procore/vendors.json"), intake)
            let writer = try root.archive.rejectsWriter(for: claimed)
            try writer.append(Array("[".utf8))
            try writer.append([UInt8](repeating: 0x20, count: 100_000))
            try writer.append(Array("]".utf8))
            try writer.finish()
            // It is no claim, and no candidate.
            #expect(try root.inbox.claims().map(\.intake) == [intake])
            #expect(try root.inbox.scan().files == [])
            let place = try root.archive.fileRejects(of: claimed, ending: "json", problem: "why \(intake)\n")
            #expect(place == RelativePath("rejected/procore/\(filed)"))
            #expect(root.text("rejected/procore/\(filed)")?.utf8.count == 100_002)
            #expect(root.text("rejected/procore/\(filed).problem.txt") == "why \(intake)\n")
            #expect(try root.archive.fileRejects(of: claimed, ending: "json", problem: "why \(intake)\n") == nil)
            _ = try root.archive.file(claimed, processedOn: "2026-11-22")
        }
        #expect(try root.names(root.folders.claimed) == [])
    }

    @Test func takesTheCopyOfRefusedRecordsBack() throws {
        let root = try Scratch()
        let claimed = try claim(root, RelativePath("a.json"), 1)
        try root.archive.rejectsWriter(for: claimed).finish()
        root.archive.discardRejects(of: claimed)
        #expect(try root.names(root.folders.claimed) == ["1-a.json"])
    }
}
