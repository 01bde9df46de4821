import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// A root whose messages a real program takes, and keeps, one file each.
final class MessagesRoot {
    let folder: String
    let path: String
    let clock = TestClock()
    private let beforeStatement: Books.Probe?
    private(set) var root: OpenRoot
    var desk: NewsDesk
    private var elapsed = Duration.zero
    private var intake = 0

    /// - Parameters:
    ///   - name: of the root's folder.
    ///   - notify: what stands below `notify:`; `HOOK` is the program.
    ///   - hook: what the program does with its input, in the folder where messages are kept.
    ///   - beforeStatement: called ahead of every statement of the ledger.
    init(
        name: String = "office", notify: String = "  command: [HOOK]", hook: String = "cat >$(ls | wc -l)",
        beforeStatement: Books.Probe? = nil
    ) throws {
        folder = ReviewRoot.scratch.appendingPathComponent("messages-\(UUID().uuidString)").path
        path = "\(folder)/\(name)"
        self.beforeStatement = beforeStatement
        for new in [path, folder + "/taken"] {
            try FileManager.default.createDirectory(atPath: new, withIntermediateDirectories: true)
        }
        let program = folder + "/hook"
        try Data("#!/bin/sh\ncd \(folder)/taken\n\(hook)\n".utf8).write(to: URL(fileURLWithPath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let yaml = "company_id: 8089\nnotify:\n\(notify.replacing("HOOK", with: program))\n"
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
        root = try OpenRoot(path: path, isRight: false, beforeStatement: beforeStatement)
        desk = NewsDesk(root, clock: clock.wall)
        try FixtureRun.answerCompany(root)
        try desk.begin()
    }

    deinit {
        root.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Another process takes over; nobody waits for what is under way.
    func restart(patience: Duration = Messenger.patience) throws {
        root.close()
        root = try OpenRoot(path: path, isRight: false, beforeStatement: beforeStatement)
        desk = NewsDesk(root, clock: clock.wall, patience: patience)
        try desk.begin()
    }

    // MARK: - What comes up

    func drop(_ text: String, as name: String) throws {
        intake += 1
        try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/" + name))
        let claim = try #require(try root.inbox.claim(RelativePath(name), intake: intake))
        _ = try FileProcessor(root, clock: clock.wall).process([claim])
    }

    func drop(vendor id: Int, named name: String) throws {
        let vendor: [String: Any] = ["id": id, "name": name, "is_active": true]
        let text = try String(decoding: JSONSerialization.data(withJSONObject: [vendor]), as: UTF8.self)
        try drop(text, as: "procore/vendors-\(id).json")
    }

    /// A vendor that QuickBooks refuses.
    func fail(vendor id: Int, named name: String, attempt: Int = 1) throws {
        if attempt == 1 { try drop(vendor: id, named: name) }
        try drop(
            """
            <?xml version="1.0" ?><QBXML><QBXMLMsgsRs><VendorAddRs requestID="8089-vendors-\(id)-add-\(attempt)" \
            statusCode="3040" statusSeverity="Error" statusMessage="There was an error."/></QBXMLMsgsRs></QBXML>
            """, as: "quickbooks/answer-\(id)-\(attempt).xml")
    }

    /// A file that is rejected as a whole.
    func reject(_ name: String) throws { try drop("[{\"id\": 1, ", as: "procore/\(name)") }

    // MARK: - Messages

    /// Looks once more after so many seconds.
    @discardableResult
    func look(after seconds: Int64, telling notices: [StatusPage.Notice] = []) -> [NewsChannel.Event] {
        clock.pass(seconds)
        elapsed += .seconds(max(seconds, 1_000))
        return desk.work(at: elapsed, telling: notices).events + desk.end().events
    }

    /// Looks, and does not wait for what is under way.
    func lookAndLeave(after seconds: Int64) {
        clock.pass(seconds)
        elapsed += .seconds(max(seconds, 1_000))
        _ = desk.work(at: elapsed, telling: [])
    }

    /// What the program took, oldest first.
    var taken: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/taken")) ?? []
        return names.compactMap(Int.init).sorted().map {
            String(decoding: FileManager.default.contents(atPath: "\(folder)/taken/\($0)") ?? Data(), as: UTF8.self)
        }
    }

    func message(_ number: Int) throws -> [String: Any] {
        let taken = taken
        try #require(taken.indices.contains(number), "\(taken.count) messages")
        return try #require(
            JSONSerialization.jsonObject(with: Data(taken[number].utf8)) as? [String: Any])
    }

    /// The counts of a message that are not 0.
    func counts(_ number: Int) throws -> [String: Int] {
        try #require(try message(number)["counts"] as? [String: Int]).filter { $0.value > 0 }
    }

    func items(_ number: Int) throws -> [[String: Any]] {
        try #require(try message(number)["items"] as? [[String: Any]])
    }
}
