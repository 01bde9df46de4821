import Domain
import Foundation
import Testing

@testable import DropFolder

/// With real inotify; one after the other, since the library allows one watcher in a process.
@Suite(.serialized, .timeLimit(.minutes(3))) struct WatcherTests {
    @Test func tellsWhatIsClosedAndWhatIsRenamedIn() async throws {
        let root = try Scratch()
        try await watching([root.folders.inbox]) { reader in
            try root.drop("procore/a.json")
            #expect(await reader.waits(for: arrived("procore/a.json")))
            try root.drop("procore/.b.json.upload")
            #expect(
                rename(
                    root.folders.inbox + "/procore/.b.json.upload", root.folders.inbox + "/procore/b.json") == 0)
            #expect(await reader.waits(for: arrived("procore/b.json")))
            try root.drop("top.json")
            #expect(await reader.waits(for: arrived("top.json")))
        }
    }

    @Test func saysNothingOfAFileThatIsStillOpen() async throws {
        let root = try Scratch()
        try await watching([root.folders.inbox]) { reader in
            let path = RelativePath("procore/slow.json")
            let writer = try System.open(root.absolute(path), O_WRONLY | O_CREAT)
            for _ in 0..<3 { try System.writeAll(writer, [0x20], path: []) }
            await reader.isQuiet()
            #expect(!reader.seen.contains(.arrived(inbox: 0, path)))
            close(writer)
            #expect(await reader.waits(for: .arrived(inbox: 0, path)))
        }
    }

    @Test(arguments: [[0x61, 0x0a, 0x62], [0xff, 0xfe], [UInt8](repeating: 0x61, count: 255)] as [[UInt8]])
    func tellsAnyName(name: [UInt8]) async throws {
        let root = try Scratch()
        let path = RelativePath("procore").appending(name)
        try await watching([root.folders.inbox]) { reader in
            try root.drop(path)
            #expect(await reader.waits(for: .arrived(inbox: 0, path)))
        }
    }

    @Test func watchesANewFolderAndHasItLookedThrough() async throws {
        let root = try Scratch()
        try await watching([root.folders.inbox]) { reader in
            try root.drop("procore/new/deep/early.json")
            #expect(await reader.waits(for: .rescan(inbox: 0)))
            await reader.isQuiet()
            try root.drop("procore/new/deep/late.json")
            #expect(await reader.waits(for: arrived("procore/new/deep/late.json")))
        }
    }

    @Test func watchesAFolderWhoseNameIsNoText() async throws {
        let root = try Scratch()
        let folder = RelativePath("procore").appending([0xff, 0xfe])
        try await watching([root.folders.inbox]) { reader in
            try System.makeFolders(root.absolute(folder))
            #expect(await reader.waits(for: .rescan(inbox: 0)))
            let path = try root.drop(folder.appending([0x61]))
            #expect(await reader.waits(for: .arrived(inbox: 0, path)))
        }
    }

    @Test func aFolderWithFilesThatIsMovedInIsLookedThrough() async throws {
        let (root, elsewhere) = (try Scratch(), try Scratch())
        try await watching([root.folders.inbox]) { reader in
            try elsewhere.drop("batch/sub/a.json")
            #expect(rename(elsewhere.folders.inbox + "/batch", root.folders.inbox + "/procore/batch") == 0)
            #expect(await reader.waits(for: .rescan(inbox: 0)))
            await reader.isQuiet()
            try root.drop("procore/batch/sub/b.json")
            #expect(await reader.waits(for: arrived("procore/batch/sub/b.json")))
        }
    }

    @Test func aFolderThatMovedIsKnownByItsNewPath() async throws {
        let root = try Scratch()
        try root.drop("procore/old/sub/a.json")
        try await watching([root.folders.inbox]) { reader in
            #expect(rename(root.folders.inbox + "/procore/old", root.folders.inbox + "/procore/new") == 0)
            #expect(await reader.waits(for: .rescan(inbox: 0)))
            await reader.isQuiet()
            try root.drop("procore/new/sub/b.json")
            #expect(await reader.waits(for: arrived("procore/new/sub/b.json")))
            #expect(!reader.seen.contains(arrived("procore/old/sub/b.json")))
        }
    }

    @Test func aFolderThatIsDeletedAndMadeAgainIsWatchedAgain() async throws {
        let root = try Scratch()
        try root.drop("procore/sub/a.json")
        try await watching([root.folders.inbox]) { reader in
            for round in 0..<3 {
                try FileManager.default.removeItem(atPath: root.folders.inbox + "/procore/sub")
                await reader.isQuiet()
                try System.makeFolders(root.absolute(RelativePath("procore/sub")))
                await reader.isQuiet()
                try root.drop("procore/sub/\(round).json")
                #expect(await reader.waits(for: arrived("procore/sub/\(round).json")))
            }
        }
    }

    @Test func anInboxThatIsDeletedAndMadeAgainIsWatchedAgain() async throws {
        let root = try Scratch()
        try await watching([root.folders.inbox]) { reader in
            try FileManager.default.removeItem(atPath: root.folders.inbox)
            #expect(await reader.waits(for: .rescan(inbox: 0)))
            await reader.isQuiet()
            try root.folders.create()
            #expect(await reader.waits(for: .rescan(inbox: 0)))
            await reader.isQuiet()
            try root.drop("procore/a.json")
            #expect(await reader.waits(for: arrived("procore/a.json")))
        }
    }

    @Test func hiddenFoldersAndOurOwnAreNeverWatched() async throws {
        let root = try Scratch()
        try root.drop("procore/.old/kept.json")
        try await watching([root.folders.inbox]) { reader in
            try FileManager.default.removeItem(atPath: root.folders.processed)
            for folder in ["procore/.~tmp~", "processed/2026-11-22", ".claimed/1", "~$x"] {
                try System.makeFolders(root.absolute(RelativePath(folder)))
            }
            await reader.isQuiet()
            for path in [
                "procore/.~tmp~/a.json", "procore/.old/a.json", "processed/a.json", "processed/2026-11-22/a.json",
                "rejected/a.json", ".claimed/1/a.json", "~$x/a.json", "procore/a.tmp", "README.md",
            ] { try root.drop(path) }
            try root.drop("procore/end.json")
            #expect(await reader.waits(for: arrived("procore/end.json")))
            let told = reader.seen.filter { if case .arrived = $0 { true } else { false } }
            #expect(told == [arrived("procore/end.json")])
        }
    }

    @Test func servesSeveralRoots() async throws {
        let (one, two) = (try Scratch(), try Scratch())
        try await watching([one.folders.inbox, two.folders.inbox]) { reader in
            try two.drop("procore/b.json")
            #expect(await reader.waits(for: arrived("procore/b.json", inbox: 1)))
            try one.drop("procore/a.json")
            #expect(await reader.waits(for: arrived("procore/a.json", inbox: 0)))
        }
    }

    @Test func aFullQueueIsToldAndWatchingGoesOn() async throws {
        let text = try FileSource(path: "/proc/sys/fs/inotify/max_queued_events").text()
        let limit = try #require(Int(text.filter(\.isNumber)))
        try #require(limit <= 100_000, "The queue of this machine is too long to fill in a test.")
        let root = try Scratch()
        let holder = Holder()
        try await watching([root.folders.inbox], beforeEach: holder.wait) { reader in
            holder.isHeld.store(true, ordering: .sequentiallyConsistent)
            defer { holder.isHeld.store(false, ordering: .sequentiallyConsistent) }
            // Each file is created and closed: two events.
            for number in 0..<(limit / 2 + 20_000) { try root.drop("procore/\(number).json", "") }
            holder.isHeld.store(false, ordering: .sequentiallyConsistent)
            #expect(await reader.waits(60) { $0 == .overflow })
            #expect(await reader.waits(for: .rescan(inbox: 0)))
            #expect(try root.inbox.scan().files.count == limit / 2 + 20_000)
            await reader.isQuiet()
            try root.drop("procore/after.json")
            #expect(await reader.waits(for: arrived("procore/after.json")))
        }
    }

    @Test func thereIsOneWatcherInAProcess() async throws {
        let root = try Scratch()
        try await watching([root.folders.inbox]) { _ in
            #expect(throws: Watcher.AlreadyRunning.self) { try Watcher(inboxes: [root.folders.inbox]) { _ in } }
        }
        try await watching([root.folders.inbox]) { _ in }
    }
}
