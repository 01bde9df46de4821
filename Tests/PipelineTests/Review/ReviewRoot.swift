import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// A root whose documents wait for a person's word, and that person.
final class ReviewRoot {
    let path: String
    /// A minute ahead of the file system's: what stands there was not copied just now.
    let clock = WallClock { Int64(Date().timeIntervalSince1970) + 60 }
    private(set) var root: OpenRoot
    private var watch = ReviewWatch()
    private var intake = 0

    /// In memory, where there is such a folder: nothing here depends on the disk.
    static let scratch =
        FileManager.default.isWritableFile(atPath: "/dev/shm")
        ? URL(fileURLWithPath: "/dev/shm") : FileManager.default.temporaryDirectory

    init(review: String = "all") throws {
        path = Self.scratch.appendingPathComponent("review-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data("company_id: 8089\nreview: \(review)\n".utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
        root = try OpenRoot(path: path)
        try FixtureRun.answerCompany(root)
    }

    deinit {
        root.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// One company's export.
    func drop(_ id: Int, _ name: String) throws {
        let text = try String(
            decoding: JSONSerialization.data(withJSONObject: [["id": id, "name": name, "is_active": true]]),
            as: UTF8.self)
        try drop(text, as: "vendors.json")
    }

    func drop(_ text: String, as name: String) throws {
        intake += 1
        try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/procore/" + name))
        let claim = try #require(try root.inbox.claim(RelativePath("procore/" + name), intake: intake))
        _ = try FileProcessor(root, clock: clock).process([claim])
        try tend()
    }

    /// What the daemon does in a round.
    func tend() throws { try FileProcessor(root, clock: clock).tendReviews(&watch, at: .zero) }

    func run(_ command: QueuedCommand) throws -> CommandOutcome { try FileProcessor(root, clock: clock).run(command) }

    /// Another process takes over.
    func restart() throws {
        root.close()
        root = try OpenRoot(path: path)
        watch = ReviewWatch()
        _ = try FileProcessor(root, clock: clock).recover()
    }

    /// A person moves a file.
    func move(_ name: String, from: String = "outbox/review", to folder: String) throws {
        try FileManager.default.moveItem(
            atPath: "\(path)/\(from)/\(name)", toPath: "\(path)/outbox/review/\(folder)/\(name)")
    }

    func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data(), as: UTF8.self)
    }

    /// The files of a folder below `outbox`, without folders and hidden ones.
    func names(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/outbox/\(folder)")) ?? []
        return names.filter { name in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(path)/outbox/\(folder)/\(name)", isDirectory: &isFolder)
            return !isFolder.boolValue && !name.hasPrefix(".")
        }.sorted()
    }

    /// The files that were filed below a folder of `outbox/review`, whatever the day.
    func filed(_ verdict: String) -> [String] {
        let days = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/outbox/review/\(verdict)")) ?? []
        return days.filter { $0.hasPrefix("20") }.flatMap { names("review/\(verdict)/\($0)") }.sorted()
    }

    func record(_ id: Int) throws -> LedgerRecord {
        try #require(try root.ledger.read { try $0.record(RecordKey(.vendors, String(id))) })
    }
}
