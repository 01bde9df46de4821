import Domain
import Foundation
import Testing

@testable import DropFolder

@Suite struct MoveTests {
    @Test func neverMovesOverAnExistingName() throws {
        let root = try Scratch()
        let (from, to) = (try root.drop("a.json", "a"), try root.drop("b.json", "b"))
        let hidden = root.absolute(RelativePath(".hidden"))
        #expect(try moveNoReplace(root.absolute(from), root.absolute(to), through: hidden) == .taken)
        #expect(root.text("b.json") == "b")
        #expect(root.text("a.json") == "a")
    }

    @Test func endsAMoveThatStoppedBetweenLinkAndUnlink() throws {
        let root = try Scratch()
        let (from, to) = (root.absolute(try root.drop("a.json", "a")), root.absolute(RelativePath("b.json")))
        #expect(System.path(from, { from in System.path(to) { link(from, $0) } }) == 0)
        #expect(try System.finishLinking(from, to))
        #expect(root.text("a.json") == nil)
        #expect(root.text("b.json") == "a")
    }

    @Test(.enabled(if: OtherMount.exists, "needs a second file system at /dev/shm"))
    func fromAnotherMountTheFileIsCopiedWhole() throws {
        let root = try Scratch()
        let content = String(repeating: "x", count: 200_000)
        let other = Array("\(OtherMount.path)/plumbline-\(UUID().uuidString).json".utf8)
        defer { try? System.remove(other) }
        try writeAtomically(Array(content.utf8), to: other)
        let to = root.absolute(RelativePath("a.json"))
        let hidden = root.absolute(RelativePath(".hidden"))
        #expect(try moveNoReplace(other, to, through: hidden) == .moved)
        #expect(root.text("a.json") == content)
        #expect(try System.status(other) == nil)
        #expect(try System.status(hidden) == nil)

        try writeAtomically(Array("new".utf8), to: other)
        #expect(try moveNoReplace(other, to, through: hidden) == .taken)
        #expect(root.text("a.json") == content)
        #expect(try System.status(other) != nil)
    }

    @Test(.enabled(if: OtherMount.exists, "needs a second file system at /dev/shm"))
    func aClaimGoesBackToAFolderOnAnotherMount() throws {
        let root = try Scratch()
        let other = "\(OtherMount.path)/plumbline-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: other) }
        try System.makeFolders(Array(other.utf8))
        let path = try root.drop("procore/a.json", "x")
        let claim = try #require(try root.inbox.claim(path, intake: 1))
        // A link stands in for a mount, which only an administrator could make.
        try FileManager.default.removeItem(atPath: root.folders.inbox + "/procore")
        try FileManager.default.createSymbolicLink(atPath: root.folders.inbox + "/procore", withDestinationPath: other)
        try root.inbox.putBack(claim)
        #expect(try root.names(other) == ["a.json"])
        #expect(try root.names(root.folders.claimed) == [])

        let again = try #require(try root.inbox.claim(path, intake: 2))
        #expect(try again.open().text() == "x")
        #expect(try root.names(other) == [])
        #expect(try root.names(root.folders.claimed) == ["2"])
    }
}
