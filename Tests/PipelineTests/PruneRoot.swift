import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// A root in which a commitment and its invoice were entered, for a prune to take out what is settled.
struct PruneRoot {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("prune-\(UUID().uuidString)")
    let manager = FileManager.default
    let now: Int64 = 1_773_000_000

    /// A case of the fixtures: vendor, project, cost code, a commitment and its invoice, whose bill is refused at first and
    /// is there all the same.
    private static let example = "answers/570-a-bill-that-could-not-be-linked-is-there-all-the-same"
    static let day = "2026-03-08"

    func withRoot(
        probe: Books.Probe? = nil, more: String = "", _ body: (OpenRoot, FileProcessor) throws -> Void
    ) throws {
        if !manager.fileExists(atPath: folder.path) {
            try manager.createDirectory(at: folder, withIntermediateDirectories: true)
            let example = FixtureCase.root.appendingPathComponent(Self.example + "/plumbline.yaml")
            try (String(contentsOf: example, encoding: .utf8) + "\n" + more).write(
                to: folder.appendingPathComponent("plumbline.yaml"), atomically: true, encoding: .utf8)
        }
        let root = try OpenRoot(path: folder.path, isRight: false, beforeStatement: probe)
        defer { root.close() }
        if try root.ledger.read({ try $0.pull("company") }) == nil { try FixtureRun.answerCompany(root) }
        try body(root, FileProcessor(root, clock: WallClock { now }))
    }

    func removeAll() { try? manager.removeItem(at: folder) }

    func drop(
        _ text: String, as path: String, _ intake: Int, _ root: OpenRoot, at time: Int64? = nil
    ) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/" + path))
        let claim = try #require(try root.inbox.claim(RelativePath(path), intake: intake))
        let time = time ?? now
        _ = try FileProcessor(root, clock: WallClock { time }).process([claim])
    }

    func dropExample(_ numbers: ClosedRange<Int>, _ root: OpenRoot) throws {
        let before = FixtureCase.root.appendingPathComponent(Self.example + "/before")
        for number in numbers {
            let name = try #require(FixtureCase.names(in: before).first { $0.hasPrefix("0\(number)-") })
            let text = try String(contentsOf: before.appendingPathComponent(name), encoding: .utf8)
            try drop(text, as: (name.hasSuffix(".xml") ? "quickbooks/" : "procore/") + name.dropFirst(3), number, root)
        }
    }

    func tree(_ part: String) -> [String] {
        let all = manager.enumerator(atPath: "\(folder.path)/\(part)")?.allObjects as? [String] ?? []
        return all.filter { path in
            var isFolder: ObjCBool = false
            return manager.fileExists(atPath: "\(folder.path)/\(part)/\(path)", isDirectory: &isFolder)
                && !isFolder.boolValue && !path.contains("/.") && !path.hasPrefix(".")
        }.sorted()
    }

    func life(_ term: String) throws -> [String] {
        let trace = try Trace(term, root: folder.path)
        return try #require(trace.lives.first).events.map { "\($0.kind): \($0.detail)" }
    }
}
