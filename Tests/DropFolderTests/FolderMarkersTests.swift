import Foundation
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
}
