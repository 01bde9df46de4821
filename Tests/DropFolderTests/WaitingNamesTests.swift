import Foundation
import Testing

@testable import DropFolder

@Suite struct WaitingNamesTests {
    private let root: Scratch
    private let folder: OpenFolder
    private let waiting = WaitingNames(trusted: .seconds(86_400))

    init() throws {
        root = try Scratch()
        folder = try OpenFolder(Array(root.folders.outboxQuickBooks.utf8))
    }

    private func put(_ name: String) throws {
        try Data().write(to: URL(fileURLWithPath: "\(root.folders.outboxQuickBooks)/\(name)"))
    }

    /// What is known, and whether it was listed anew for that.
    private func names() throws -> (names: [String], wasListed: Bool) {
        var wasListed = false
        let names = try waiting.names(in: folder) {
            wasListed = true
            return try System.names(in: folder).map { String(decoding: $0, as: UTF8.self) }.filter { $0.first != "." }
        }
        return (names, wasListed)
    }

    @Test func whatIsRemovedHereNeedsNoOtherListing() throws {
        for name in ["1.xml", "2.xml", "3.xml"] { try put(name) }
        #expect(try names().wasListed)
        try waiting.remove("1.xml", from: folder)
        try waiting.remove("3.xml", from: folder)
        #expect(try names() == (["2.xml"], false))
        #expect(try System.names(in: folder).contains(Array("2.xml".utf8)))
        #expect(try !System.names(in: folder).contains(Array("1.xml".utf8)))
    }

    @Test func whatOthersAddAndRemoveIsSeen() throws {
        for name in ["2.xml", "3.xml"] { try put(name) }
        _ = try names()
        try put("1.xml")
        #expect(try names() == (["1.xml", "2.xml", "3.xml"], true))
        try FileManager.default.removeItem(atPath: "\(root.folders.outboxQuickBooks)/2.xml")
        #expect(try names() == (["1.xml", "3.xml"], true))
    }

    @Test func whatOthersAddBeforeARemovalIsSeen() throws {
        for name in ["1.xml", "2.xml"] { try put(name) }
        _ = try names()
        try put("3.xml")
        try waiting.remove("1.xml", from: folder)
        #expect(try names() == (["2.xml", "3.xml"], true))
    }

    @Test func afterAWhileItIsListedAnew() throws {
        let waiting = WaitingNames(trusted: .zero)
        try put("1.xml")
        _ = try waiting.names(in: folder) { ["1.xml"] }
        #expect(try waiting.names(in: folder) { ["listed again"] } == ["listed again"])
    }

    @Test func anEmptyOutboxIsListedEachTime() throws {
        #expect(try names() == ([], true))
        #expect(try names() == ([], true))
        try put("1.xml")
        try waiting.remove("1.xml", from: folder)
        #expect(try names() == ([], true))
    }
}
