import Domain
import Foundation
import Testing

@testable import DropFolder

@Suite struct OutboxTests {
    private let root: Scratch
    private let folder: String
    private let outbox: Outbox

    init() throws {
        root = try Scratch()
        folder = root.folders.outboxQuickBooks
        outbox = Outbox(folder: folder)
    }

    private func bytes(_ name: String) throws -> String {
        try FileSource(path: "\(folder)/\(name)").text()
    }

    @Test(arguments: [1, 8, 9, 40])
    func isSeenOnlyOncePublished(count: Int) throws {
        let names = (1...count).map { "0000000\($0)-vendors.xml" }
        for name in names { try outbox.stage(name, Array(name.utf8)) }
        #expect(try root.names(folder) == [".staging"])
        try outbox.makeDurable(names)
        #expect(try outbox.publish(names) == count)
        #expect(try root.names(folder) == [".staging"] + names.sorted())
        for name in names {
            #expect(outbox.holds(name))
            #expect(try bytes(name) == name)
        }
    }

    @Test(arguments: [1, 9])
    func whatWasStagedInAnotherFolderIsNotTakenForDurable(count: Int) throws {
        let names = (1...count).map { "\($0).xml" }
        let opened = try outbox.open()
        for name in names { try outbox.stage(name, [0x31], in: opened) }
        try outbox.makeDurable(names, in: opened)
        // As when a share comes back in the place of its mount point.
        try FileManager.default.moveItem(atPath: folder, toPath: folder + "-gone")
        try FileManager.default.createDirectory(atPath: folder + "/.staging", withIntermediateDirectories: true)
        let error = #expect(throws: SystemError.self) { try outbox.makeDurable(names, in: opened) }
        #expect(error?.errno == ESTALE)
    }

    @Test func whatIsMadeDurableAtOnceIsPublishedWhereItWasStaged() throws {
        let opened = try outbox.open()
        try outbox.makeDurable(outbox.stageDurably("1.xml", [0x31], in: opened), in: opened)
        #expect(try outbox.publish(["1.xml"], in: opened) == 1)
        #expect(try bytes("1.xml") == "1")
    }

    @Test func nothingIsPublishedInAFolderThatStandsThereNoMore() throws {
        let markers = FolderMarkers(root.folders, ledger: "a1")
        try markers.make(.init(ledger: "a1", document: 0, file: 0))
        let outbox = Outbox(folder: folder, markers: markers)
        let opened = try outbox.open()
        let soon = try outbox.stageDurably("1.xml", [0x31], in: opened)
        try FileManager.default.moveItem(atPath: folder, toPath: folder + "-gone")
        try FileManager.default.createDirectory(atPath: folder + "/.staging", withIntermediateDirectories: true)
        let error = #expect(throws: SystemError.self) { try outbox.makeDurable(soon, in: opened) }
        #expect(error?.errno == ESTALE)
        #expect(throws: FolderMarkers.Missing(path: folder, why: .unmarked)) {
            try outbox.publish(["1.xml"], in: opened)
        }
        #expect(try root.names(folder + "-gone") == [".plumbline", ".staging"])
    }

    @Test func publishingTwiceIsPublishingOnce() throws {
        try outbox.stage("1.xml", [0x31])
        #expect(try outbox.publish(["1.xml"]) == 1)
        #expect(try outbox.publish(["1.xml"]) == 0)
        // Collected meanwhile: it is not published again either.
        try FileManager.default.removeItem(atPath: folder + "/1.xml")
        #expect(try outbox.publish(["1.xml"]) == 0)
        #expect(!outbox.holds("1.xml"))
    }

    @Test func neverPublishesOverAnExistingName() throws {
        try outbox.stage("1.xml", [0x32])
        try writeAtomically([0x31], to: folder + "/1.xml")
        let error = #expect(throws: SystemError.self) { try outbox.publish(["1.xml"]) }
        #expect(error?.errno == EEXIST)
        #expect(try bytes("1.xml") == "1")
        #expect(try bytes(".staging/1.xml") == "2")
    }

    @Test func endsAPublicationThatStoppedBetweenLinkAndUnlink() throws {
        try outbox.stage("1.xml", [0x31])
        #expect(link(folder + "/.staging/1.xml", folder + "/1.xml") == 0)
        #expect(try outbox.publish(["1.xml"]) == 1)
        #expect(try root.names(folder + "/.staging") == [])
        #expect(try bytes("1.xml") == "1")
    }

    @Test func stagesAnewOverWhatACrashLeft() throws {
        try outbox.stage("1.xml", Array("a long leftover".utf8))
        try outbox.stage("1.xml", Array("short".utf8))
        #expect(try bytes(".staging/1.xml") == "short")
    }

    @Test func stagingAnewLeavesAPublishedDocumentOfTheSameFileAlone() throws {
        try outbox.stage("1.xml", Array("published".utf8))
        #expect(link(folder + "/.staging/1.xml", folder + "/1.xml") == 0)
        try outbox.stage("1.xml", Array("anew".utf8))
        #expect(try bytes("1.xml") == "published")
        #expect(try bytes(".staging/1.xml") == "anew")
    }

    @Test func removesWhatNobodyRemembers() throws {
        for name in ["1.xml", "2.xml", "3.xml"] { try outbox.stage(name, [0x31]) }
        outbox.discard("3.xml")
        try outbox.removeStaged(except: ["2.xml"])
        #expect(try root.names(folder + "/.staging") == ["2.xml"])
    }

    @Test func whatIsNotThereCannotBeMadeDurable() throws {
        #expect(throws: SystemError.self) { try outbox.makeDurable(["gone.xml"]) }
        try outbox.makeDurable([])
    }
}
