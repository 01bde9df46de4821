import Foundation
import Glibc
import Testing

@testable import DropFolder

@Suite struct FolderMarkersTests {
    private func why(_ markers: FolderMarkers, _ folder: String) -> FolderMarkers.Missing.Why? {
        markers.snapshot().missing.first { $0.path == folder }?.why
    }

    @Test func aFolderIsKnownByItsMark() throws {
        let root = try Scratch()
        let markers = FolderMarkers(root.folders, ledger: "a1")
        #expect(markers.snapshot().missing.count == 7, "nothing is marked yet")
        try markers.make(.init(ledger: "a1", document: 3, file: 5))
        #expect(markers.snapshot().missing == [])
        let procore = root.folders.inbox + "/procore"
        try FileManager.default.removeItem(atPath: procore + "/.plumbline")
        #expect(why(markers, procore) == .unmarked)
        #expect(throws: FolderMarkers.Missing.self) { try markers.open(procore) }
        try FolderMarkers(root.folders, ledger: "b2").make(.init(ledger: "b2", document: 0, file: 0), in: procore)
        #expect(why(markers, procore) == .foreign)
        try FileManager.default.removeItem(atPath: procore)
        #expect(why(markers, procore) == .gone)
        #expect(throws: FolderMarkers.Missing.self) { try markers.write([("a.json", [])], into: procore) }
        #expect(why(markers, root.folders.inbox) == nil)
    }

    @Test func theRootsMarkCarriesTheHighestNumbersInPlace() throws {
        let root = try Scratch()
        let markers = FolderMarkers(root.folders, ledger: "a1")
        #expect(try FolderMarkers.numbers(root.folders) == nil)
        try markers.make(.init(ledger: "a1", document: 3, file: 5))
        let mark = root.folders.root + "/.plumbline"
        let before = try #require(try System.status(Array(mark.utf8)))
        try markers.raise(document: 1_234_567, file: .max)
        let after = try #require(try System.status(Array(mark.utf8)))
        #expect(after.inode == before.inode && after.size == before.size, "it needs no room on the disk")
        #expect(try FolderMarkers.numbers(root.folders) == .init(ledger: "a1", document: 1_234_567, file: .max))
    }

    @Test func aLookTellsWhenAnotherFolderStandsInAPlace() throws {
        let root = try Scratch()
        let markers = FolderMarkers(root.folders, ledger: "a1")
        try markers.make(.init(ledger: "a1", document: 0, file: 0))
        let before = markers.snapshot()
        #expect(markers.snapshot() == before)
        let procore = root.folders.inbox + "/procore"
        try FileManager.default.moveItem(atPath: procore, toPath: root.folders.root + "/aside")
        try FileManager.default.copyItem(atPath: root.folders.root + "/aside", toPath: procore)
        #expect(markers.snapshot().missing == [])
        #expect(markers.snapshot().places != before.places)
    }

    /// A mark that was seen is not read again, whatever becomes of it has to be seen all the same.
    @Test(arguments: ["another file", "the same file", "none"])
    func aMarkThatWasSeenIsReadAgainOnceItIsAnother(mark: String) throws {
        let root = try Scratch()
        let markers = FolderMarkers(root.folders, ledger: "a1")
        try markers.make(.init(ledger: "a1", document: 0, file: 0))
        var seen = FolderMarkers.SeenMarks()
        #expect(markers.snapshot(&seen).missing == [])
        #expect(markers.snapshot(&seen).missing == [])
        let procore = root.folders.inbox + "/procore"
        let path = procore + "/.plumbline"
        let known = try #require(try System.status(Array(path.utf8)))
        let ours = try #require(FileManager.default.contents(atPath: path))
        let foreign: [UInt8] = ours.map { $0 == UInt8(ascii: "1") ? UInt8(ascii: "2") : $0 }
        switch mark {
        case "another file": try writeAtomically(foreign, to: path)
        case "the same file":
            // Clocks of file systems are coarse: until it shows.
            while try System.status(Array(path.utf8)) == known {
                let descriptor = try System.open(Array(path.utf8), O_WRONLY)
                defer { close(descriptor) }
                try System.writeAll(descriptor, foreign, path: Array(path.utf8))
            }
        default: try FileManager.default.removeItem(atPath: path)
        }
        let why: FolderMarkers.Missing.Why = mark == "none" ? .unmarked : .foreign
        for _ in 0..<2 { #expect(markers.snapshot(&seen).missing == [.init(path: procore, why: why)]) }
        try markers.make(.init(ledger: "a1", document: 0, file: 0))
        #expect(markers.snapshot(&seen).missing == [])
    }
}
