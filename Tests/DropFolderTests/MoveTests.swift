import Domain
import Foundation
import Testing

@testable import DropFolder

@Suite struct MoveTests {
    @Test func neverMovesOverAnExistingName() throws {
        let root = try Scratch()
        let (from, to) = (try root.drop("a.json", "a"), try root.drop("b.json", "b"))
        let hidden = Place(root.absolute(RelativePath(".hidden")))
        #expect(try moveNoReplace(Place(root.absolute(from)), Place(root.absolute(to)), through: hidden) == .taken)
        #expect(root.text("b.json") == "b")
        #expect(root.text("a.json") == "a")
    }

    @Test func endsAMoveThatStoppedBetweenLinkAndUnlink() throws {
        let root = try Scratch()
        let (from, to) = (root.absolute(try root.drop("a.json", "a")), root.absolute(RelativePath("b.json")))
        #expect(System.path(from, { from in System.path(to) { link(from, $0) } }) == 0)
        #expect(try System.finishLinking(Place(from), Place(to)))
        #expect(root.text("a.json") == nil)
        #expect(root.text("b.json") == "a")
    }

    @Test(.enabled(if: OtherMount.exists, "needs a second file system at /dev/shm"))
    func fromAnotherMountTheFileIsCopiedWhole() throws {
        let root = try Scratch()
        let content = String(repeating: "x", count: 200_000)
        let other = Array("\(OtherMount.path)/plumbline-\(UUID().uuidString).json".utf8)
        defer { try? System.remove(other) }
        try writeAtomically(Array(content.utf8), to: Place(other))
        let to = root.absolute(RelativePath("a.json"))
        let hidden = Place(root.absolute(RelativePath(".hidden")))
        #expect(try moveNoReplace(Place(other), Place(to), through: hidden) == .moved)
        #expect(root.text("a.json") == content)
        #expect(try System.status(other) == nil)
        #expect(try System.status(hidden) == nil)

        try writeAtomically(Array("new".utf8), to: Place(other))
        #expect(try moveNoReplace(Place(other), Place(to), through: hidden) == .taken)
        #expect(root.text("a.json") == content)
        #expect(try System.status(other) != nil)
    }

    @Test(.enabled(if: OtherMount.exists, "needs a second file system at /dev/shm"))
    func aCopyLeavesNothingBesideIt() throws {
        let root = try Scratch()
        let other = "\(OtherMount.path)/plumbline-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: other) }
        try System.makeFolders(Array((other + "/sub").utf8))
        let folder = try OpenFolder(Array(other.utf8))
        let from = Place(root.absolute(try root.drop("procore/a.json", "x")))
        let to = try folder.place(RelativePath("sub/a.json"))
        #expect(try moveNoReplace(from, to, through: to.beside(ClaimedFile.copyingName)) == .moved)
        #expect(try root.names(other + "/sub") == ["a.json"])
        #expect(try root.names(root.folders.inbox + "/procore") == [])
    }

    @Test func nothingIsReachedThroughALink() throws {
        let root = try Scratch()
        let outside = root.folders.root + "/outside"
        try System.makeFolders(Array(outside.utf8))
        try writeAtomically(Array("secret".utf8), to: outside + "/a.json")
        try FileManager.default.removeItem(atPath: root.folders.inbox + "/procore")
        let link = root.folders.inbox + "/procore"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: outside)
        #expect(try root.inbox.probe(RelativePath("procore/a.json")) == nil)
        #expect(try root.inbox.claim(RelativePath("procore/a.json"), intake: 1) == nil)
        #expect(try root.names(outside) == ["a.json"])

        // Nor is anything put there: what was taken from that folder goes back beside the link.
        let claim = try #require(try root.inbox.claim(try root.drop("b.json", "x"), intake: 2))
        let known = ClaimedFile(root.folders, intake: 3, knownAs: Array("procore/c.json".utf8))
        try System.makeFolders(Array((root.folders.claimed + "/3/procore").utf8))
        #expect(try System.renameNoReplace(claim.place(), known.place()))
        try root.inbox.putBack(known)
        #expect(try root.names(outside) == ["a.json"])
        #expect(root.text("procore~2/c.json") == "x")
    }
}
