import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// `notify:` in `plumbline.yaml`, and what a worker makes of it.
@Suite struct NotifySettingsTests {
    private func settings(_ lines: String) throws -> NotifySettings? {
        try Configuration(yaml: "company_id: 8089\n\(lines)\n").notify
    }

    @Test func whatItSaysCounts() throws {
        #expect(try settings("") == nil)
        let usual = try #require(try settings("notify: {command: [/usr/local/bin/tell, office]}"))
        #expect(usual.command == ["/usr/local/bin/tell", "office"] && usual.mail == [])
        #expect(usual.unanswered == 7_200 && usual.every == 600)
        let other = try #require(
            try settings("notify: {mail: [anna.o'neil+ap@mail.example.com], unanswered: never, every: 1h}"))
        #expect(other.mail == ["anna.o'neil+ap@mail.example.com"])
        #expect(other.unanswered == nil && other.every == 3_600 && other.sendmail == "/usr/sbin/sendmail")
    }

    @Test(arguments: [
        ("notify: {command: [tell]}", "notify.command is \"tell\"; it is the whole path of a program"),
        (
            "notify: {mail: [Anna <anna@example.com>]}",
            "notify.mail has \"Anna <anna@example.com>\"; it is a bare address"
        ),
        ("notify: {mail: ['a@b, c@d']}", "notify.mail has \"a@b, c@d\""),
        ("notify: {mail: [\"a@b\\nBcc: c@d\"]}", "notify.mail has"), ("notify: {mail: [-oQ@b]}", "notify.mail has"),
        ("notify: {mail: [a@b], from: me}", "notify.from has \"me\""),
        ("notify: {mail: [a@b], every: 9m}", "notify.every is shorter than ten minutes"),
        ("notify: {mail: [a@b], unanswered: 1s}", "notify.unanswered is shorter than a minute"),
        ("notify: {mail: [a@b], sendmail: sendmail}", "notify.sendmail is \"sendmail\""),
        ("notify:", "notify names nobody"), ("notify: {unanswered: 2h}", "notify names nobody"),
        ("notify: {comand: [/a]}", "There is no key notify.comand; did you mean notify.command?"),
    ])
    func whatItCannotSayIsAFinding(_ lines: String, _ finding: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try settings(lines) }
        #expect(error?.findings.contains { $0.hasPrefix(finding) } == true, "\(String(describing: error))")
    }

    @Test func aRunThatEndsTellsAtOnceAndLogsIt() async throws {
        let office = try MessagesRoot()
        try Data("[{\"id\": 1, ".utf8).write(
            to: URL(fileURLWithPath: office.root.folders.inbox + "/procore/broken.json"))
        _ = try await RootWorker(office.root, clock: office.clock.wall).once()
        #expect(try office.counts(0) == ["rejected": 1])
        let log = try String(contentsOfFile: office.path + "/logs/plumbline.jsonl", encoding: .utf8)
        let line = #""event":"message sent","way":"command","what":"1 file was rejected"}"#
        #expect(log.contains(line))
        // Another one a minute later keeps to the pause.
        office.clock.pass(60)
        try Data("[{\"id\": 2, ".utf8).write(
            to: URL(fileURLWithPath: office.root.folders.inbox + "/procore/broken.json"))
        _ = try await RootWorker(office.root, clock: office.clock.wall).once()
        #expect(office.taken.count == 1)
    }

    @Test func aProgramThatIsNotThereIsLoggedOnce() async throws {
        let office = try MessagesRoot(notify: "  command: [/no/such/program]")
        for name in ["a.json", "b.json"] {
            try Data("[{\"id\": 1, ".utf8).write(
                to: URL(fileURLWithPath: office.root.folders.inbox + "/procore/\(name)"))
        }
        let worker = RootWorker(office.root, clock: office.clock.wall)
        for _ in 0..<2 {
            _ = try await worker.once()
            office.clock.pass(600)
        }
        let log = try String(contentsOfFile: office.path + "/logs/plumbline.jsonl", encoding: .utf8)
        #expect(log.components(separatedBy: "\"event\":\"message not sent\"").count == 2)
        #expect(
            log.contains("/no/such/program cannot be started: posix_spawn /no/such/program: No such file or directory.")
        )
    }

    /// The keys of a message are those that `docs/guide/reference.md` names.
    @Test func thePageNamesTheKeysOfAMessage() throws {
        let office = try MessagesRoot()
        try office.reject("a.json")
        office.look(after: 0)
        office.look(after: 60)
        var keys: Set<String> = []
        for (key, value) in try office.message(0) {
            keys.insert(key)
            if let object = value as? [String: Any] { keys.formUnion(object.keys.map { "\(key).\($0)" }) }
            for item in value as? [[String: Any]] ?? [] { keys.formUnion(item.keys.map { "\(key)[].\($0)" }) }
        }
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/guide/reference.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let start = try #require(text.range(of: "\n## Messages\n"))
        let section = text[start.upperBound...].components(separatedBy: "\n## ")[0]
        let named = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
            row.dropFirst(2).components(separatedBy: " | ")[0].components(separatedBy: "`").enumerated()
                .filter { $0.offset % 2 == 1 }.map(\.element)
        }
        #expect(Set(named) == keys)
    }
}
