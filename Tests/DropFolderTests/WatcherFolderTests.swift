import Domain
import Foundation
import Testing

@testable import DropFolder

/// More of the watcher: what happens to folders while it runs, and what its library keeps.
extension WatcherTests {
    @Test func foldersMadeAtOnceWithAFileInTheDeepest() async throws {
        let root = try Scratch()
        try await watching([root.folders.inbox]) { reader in
            for round in 0..<20 {
                let path = try root.drop("procore/\(round)/b/c/early.json")
                // Told, or found by the scan that the new folder asks for.
                #expect(await reader.waits { $0 == .rescan(inbox: 0) || $0 == .arrived(inbox: 0, path) })
                #expect(try root.inbox.scan().files.contains(path))
            }
            await reader.isQuiet()
            for round in 0..<20 { try root.drop("procore/\(round)/b/c/late.json") }
            for round in 0..<20 {
                let event = arrived("procore/\(round)/b/c/late.json")
                if !reader.seen.contains(event) { #expect(await reader.waits(for: event)) }
            }
        }
    }

    @Test func aSlowWriterIsToldOfOnceAndOnlyAtItsEnd() async throws {
        let root = try Scratch()
        try await watching([root.folders.inbox]) { reader in
            let path = RelativePath("procore/slow.json")
            let writer = try System.open(root.absolute(path), O_WRONLY | O_CREAT)
            for chunk in 0..<10 {
                try System.writeAll(writer, Array("\(chunk)\n".utf8), path: [])
                // Something else closed after each chunk shows that the watcher looked.
                try root.drop("procore/other-\(chunk).json")
                #expect(await reader.waits(for: arrived("procore/other-\(chunk).json")))
                #expect(try root.inbox.probe(path)?.writer == .present)
            }
            #expect(!reader.seen.contains(.arrived(inbox: 0, path)))
            close(writer)
            await reader.isQuiet()
            #expect(reader.seen.filter { $0 == .arrived(inbox: 0, path) }.count == 1)
            #expect(try root.inbox.probe(path)?.writer == Writer.none)
        }
    }

    @Test func aFolderThatMovedAwayIsNotOursUntilItIsBack() async throws {
        let (root, elsewhere) = (try Scratch(), try Scratch())
        let (here, there) = (root.folders.inbox + "/procore/sub", elsewhere.folders.inbox + "/sub")
        try root.drop("procore/sub/deep/a.json")
        try await watching([root.folders.inbox]) { reader in
            #expect(rename(here, there) == 0)
            #expect(await reader.waits(for: .rescan(inbox: 0)))
            await reader.isQuiet()
            try elsewhere.drop("sub/deep/away.json")
            try root.drop("procore/end.json")
            #expect(await reader.waits(for: arrived("procore/end.json")))
            #expect(!reader.seen.contains(arrived("procore/sub/deep/away.json")))
            reader.seen = []
            #expect(rename(there, here) == 0)
            #expect(await reader.waits(for: .rescan(inbox: 0)))
            await reader.isQuiet()
            try root.drop("procore/sub/deep/back.json")
            #expect(await reader.waits(for: arrived("procore/sub/deep/back.json")))
        }
    }

    /// The library reads many events at once, and its buffer outlives its clean-up.
    @Test func eventsReadBeforeANewStartAreNotToldOfOtherFolders() async throws {
        let (root, elsewhere) = (try Scratch(), try Scratch())
        try elsewhere.drop("batch/first.json")
        let holder = Holder()
        try await watching([root.folders.inbox], beforeEach: holder.wait) { reader in
            holder.isHeld.store(true, ordering: .sequentiallyConsistent)
            // One event lets go of what the thread waits in now; the others are read together.
            try root.drop("procore/wakes.json")
            #expect(rename(elsewhere.folders.inbox + "/batch", root.folders.inbox + "/procore/batch") == 0)
            for number in 0..<50 { try root.drop("quickbooks/\(number).xml") }
            holder.isHeld.store(false, ordering: .sequentiallyConsistent)
            await reader.isQuiet()
            let told = reader.seen.compactMap { if case .arrived(_, let path) = $0 { path } else { nil } }
            #expect(told.filter { !$0.shown.hasPrefix("quickbooks/") } == [RelativePath("procore/wakes.json")])
            // Dropped or told, they are found.
            #expect(try root.inbox.scan().files.count == 52)
            for folder in ["procore/batch", "quickbooks", "procore"] {
                try root.drop("\(folder)/after.json")
                #expect(await reader.waits(for: arrived("\(folder)/after.json")))
            }
        }
    }

    @Test func anInboxThatIsALinkIsWatched() async throws {
        let (root, share) = (try Scratch(), try Scratch())
        try FileManager.default.removeItem(atPath: root.folders.inbox)
        try FileManager.default.createSymbolicLink(
            atPath: root.folders.inbox, withDestinationPath: share.folders.inbox)
        try await watching([root.folders.inbox]) { reader in
            try share.drop("top.json")
            #expect(await reader.waits(for: arrived("top.json")))
            try share.drop("procore/a.json")
            #expect(await reader.waits(for: arrived("procore/a.json")))
        }
    }

    @Test func startsAndStopsAgainAndAgainAndLeavesNothingOpen() async throws {
        for round in 0..<3 {
            let root = try Scratch()
            try await watching([root.folders.inbox]) { reader in
                try root.drop("procore/\(round).json")
                #expect(await reader.waits(for: arrived("procore/\(round).json")))
                #expect(
                    !reader.seen.contains {
                        if case .arrived = $0 { $0 != arrived("procore/\(round).json") } else { false }
                    })
                // Left unread when it stops.
                for number in 0..<100 { try root.drop("quickbooks/\(number).xml") }
            }
        }
        let open = try System.names(in: Array("/proc/self/fd".utf8)).filter { name in
            let link = "/proc/self/fd/" + String(decoding: name, as: UTF8.self)
            return (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == "anon_inode:inotify"
        }
        #expect(open.isEmpty)
    }
}
