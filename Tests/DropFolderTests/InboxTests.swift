import Domain
import Foundation
import Testing

@testable import DropFolder

@Suite struct InboxTests {
    @Test func listsTakeableFilesInOrder() throws {
        let root = try Scratch()
        for name in [
            "procore/b.json", "procore/a.json", "top.json", "procore/project-1/x.json", "procore/processed/kept.json",
            ".hidden", "procore/.x/inside.json", "~$lock.json", "a.tmp", "a.PART", "a.partial", "a.CrDownload",
            "Thumbs.db",
            "DESKTOP.INI", "processed/2026-11-22/old.json", "rejected/bad.json",
        ] { try root.drop(name) }
        #expect(
            try root.inbox.scan().files.map(\.shown) == [
                "procore/a.json", "procore/b.json", "procore/processed/kept.json", "procore/project-1/x.json",
                "top.json",
            ])
    }

    @Test func theReadmeOfTheInboxIsNobodysDrop() throws {
        let root = try Scratch()
        for name in ["README.md", "readme.md", "procore/README.md"] { try root.drop(name) }
        #expect(try root.inbox.scan().files.map(\.shown) == ["procore/README.md", "readme.md"])
        let other = try Scratch()
        try other.drop("README.md/in.json")
        #expect(try other.inbox.scan().files.map(\.shown) == ["README.md/in.json"])
    }

    @Test func neverOpensWhatIsNoFile() throws {
        let root = try Scratch()
        let target = try root.drop(".target")
        let base = root.folders.inbox + "/procore/"
        #expect(symlink(String(decoding: root.absolute(target), as: UTF8.self), base + "link.json") == 0)
        #expect(mkfifo(base + "fifo.json", 0o644) == 0)
        try #require(makeSocket(base + "socket.json"))
        #expect(mkdir(base + "folder.json", 0o755) == 0)
        try root.drop("procore/folder.json/in.json")
        let scan = try root.inbox.scan()
        #expect(scan.files == [RelativePath("procore/folder.json/in.json")])
        #expect(
            scan.specials.map { "\($0.path.shown) \($0.kind)" } == [
                "procore/fifo.json a FIFO", "procore/link.json a symbolic link", "procore/socket.json a socket",
            ])
        for special in scan.specials {
            #expect(try root.inbox.probe(special.path) == nil)
            #expect(throws: SystemError.self) { try FileSource(bytes: root.absolute(special.path)) }
        }
    }

    @Test func aMissingInboxIsTheMachinesTrouble() throws {
        let root = try Scratch()
        try FileManager.default.removeItem(atPath: root.folders.inbox)
        #expect(throws: SystemError.self) { try root.inbox.scan() }
    }

    @Test func tellsWhetherSomebodyWrites() throws {
        let root = try Scratch()
        let path = try root.drop("procore/a.json", "{}")
        let writer = try System.open(root.absolute(path), O_WRONLY)
        #expect(try root.inbox.probe(path)?.writer == .present)
        close(writer)
        #expect(try root.inbox.probe(path)?.writer == Writer.none)
        #expect(try root.inbox.probe(path)?.size == 2)
        #expect(try root.inbox.probe(RelativePath("procore/gone.json")) == nil)
        #expect(try root.inbox.probe(RelativePath("procore/a.json/below")) == nil)
    }

    @Test(arguments: [
        Array("procore/project-1/a.json".utf8), Array("procore/new\nline.json".utf8),
        Array("procore/".utf8) + [0xff, 0xfe, 0x2e, 0x78], [UInt8](repeating: 0x61, count: 255),
    ])
    func takesAFileWithItsRelativePath(bytes: [UInt8]) throws {
        let root = try Scratch()
        let path = try root.drop(RelativePath(bytes), "content")
        #expect(try root.inbox.scan().files == [path])
        let claim = try #require(try root.inbox.claim(path, intake: 7))
        #expect(try root.inbox.scan().files == [])
        #expect(try claim.open().text() == "content")
        let left = try root.inbox.claims()
        #expect(left.map(\.intake) == [7])
        #expect(left.map(\.path) == [path])
        // A corrected file of the same name is a new drop.
        try root.drop(path, "corrected")
        #expect(try claim.open().text() == "content")
        #expect(try root.inbox.scan().files == [path])
    }

    @Test func aFileThatIsGoneIsNotTaken() throws {
        let root = try Scratch()
        #expect(try root.inbox.claim(RelativePath("procore/x/gone.json"), intake: 3) == nil)
        #expect(try root.names(root.folders.claimed) == [])
    }

    @Test func claimsComeInNumberOrderAndEmptyOnesAreRemoved() throws {
        let root = try Scratch()
        for number in [10, 9, 2] {
            _ = try root.inbox.claim(try root.drop("procore/\(number).json"), intake: number)
        }
        try System.makeFolders(Array("\(root.folders.claimed)/5/procore/deep".utf8))
        try root.drop(".claimed/6.copying", "half")
        // Nothing of ours is named so.
        try root.drop(".claimed/11-a%2.json", "strange")
        #expect(try root.inbox.claims().map(\.intake) == [2, 9, 10])
        let names = [10, 2, 9].map { "\($0)-procore%2F\($0).json" }
        #expect(try root.names(root.folders.claimed) == ["10-procore%2F10.json", "11-a%2.json"] + names.dropFirst())
    }

    @Test func isPutBackBesideANewerDropOfItsName() throws {
        let root = try Scratch()
        let path = try root.drop("procore/sub/a.json", "first")
        let claim = try #require(try root.inbox.claim(path, intake: 1))
        try root.drop(path, "second")
        try root.inbox.putBack(claim)
        #expect(root.text("procore/sub/a.json") == "second")
        #expect(root.text("procore/sub/a~2.json") == "first")
        #expect(try root.names(root.folders.claimed) == [])
    }

    @Test func isPutBackWhenItsFolderIsGone() throws {
        let root = try Scratch()
        let claim = try #require(try root.inbox.claim(try root.drop("procore/sub/a.json", "x"), intake: 1))
        try FileManager.default.removeItem(atPath: root.folders.inbox + "/procore/sub")
        try root.inbox.putBack(claim)
        #expect(root.text("procore/sub/a.json") == "x")
    }

    @Test func isPutBackBesideAFileThatTookThePlaceOfItsFolder() throws {
        let root = try Scratch()
        let claim = try #require(try root.inbox.claim(try root.drop("procore/sub/a.json", "x"), intake: 1))
        try FileManager.default.removeItem(atPath: root.folders.inbox + "/procore/sub")
        try root.drop("procore/sub", "a file")
        try root.inbox.putBack(claim)
        #expect(root.text("procore/sub~2/a.json") == "x")
        #expect(root.text("procore/sub") == "a file")
    }

    @Test func theInboxItselfMayBeALink() throws {
        let (root, share) = (try Scratch(), try Scratch())
        try FileManager.default.removeItem(atPath: root.folders.inbox)
        try FileManager.default.createSymbolicLink(
            atPath: root.folders.inbox, withDestinationPath: share.folders.inbox)
        try root.folders.create()
        let path = try share.drop("procore/a.json", "x")
        #expect(try root.inbox.scan().files == [path])
        let claim = try #require(try root.inbox.claim(path, intake: 1))
        #expect(try claim.open().text() == "x")
    }

    @Test func aFileWithTooLongAPathIsReportedAndHoldsUpNobody() throws {
        let root = try Scratch()
        var path = RelativePath("procore")
        while root.absolute(path).count + 251 < Inbox.longestPath {
            path = path.appending(Array(repeating: 0x61, count: 250))
        }
        let last = path.appending(Array(repeating: 0x62, count: Inbox.longestPath - root.absolute(path).count))
        #expect(root.absolute(last).count == Inbox.longestPath + 1)
        try root.drop(last)
        let good = try root.drop("procore/b.json")
        let scan = try root.inbox.scan()
        #expect(scan.files == [good])
        #expect(scan.specials.map(\.path) == [last])
        #expect(scan.specials.map(\.kind) == ["a file with too long a path"])
        #expect(try root.archive.report(last, problem: "too long"))
        #expect(try !root.archive.report(last, problem: "too long"))

        // The longest path that is taken can also be filed, with its problem file, and put back.
        let longest = path.appending(Array(repeating: 0x63, count: Inbox.longestPath - root.absolute(path).count - 1))
        try root.drop(longest, "x")
        #expect(try root.inbox.scan().files == [longest, good])
        let claim = try #require(try root.inbox.claim(longest, intake: 1_000_000))
        let filed = try #require(try root.archive.file(claim, rejectedFor: "why"))
        #expect(root.text(filed) == "x")
        try root.drop(longest, "y")
        let again = try #require(try root.inbox.claim(longest, intake: 1_000_001))
        #expect(try root.archive.file(again, processedOn: "2026-11-22") != nil)
    }

    @Test func aFileServersWriteLeaseIsAWriter() throws {
        ignoreLeaseSignals()
        let root = try Scratch()
        let path = try root.drop("procore/a.json")
        let server = try System.open(root.absolute(path), O_RDWR)
        defer { close(server) }
        // F_SETLEASE of fcntl(2), which Swift does not import.
        let setLease: Int32 = 1_024
        #expect(fcntl(server, setLease, Int32(F_WRLCK)) == 0)
        #expect(try root.inbox.probe(path)?.writer == .present)
        #expect(fcntl(server, setLease, Int32(F_UNLCK)) == 0)
    }

    @Test func noticesAWriteWhileItIsRead() throws {
        let root = try Scratch()
        let path = try root.drop("procore/a.json", "one")
        let late = try System.open(root.absolute(path), O_WRONLY | O_APPEND)
        defer { close(late) }
        let source = try #require(try root.inbox.claim(path, intake: 1)).open()
        #expect(try source.isUnchanged())
        try System.writeAll(late, Array("two".utf8), path: [])
        #expect(try !source.isUnchanged())
    }

    private func makeSocket(_ path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
