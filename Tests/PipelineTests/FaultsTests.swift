import DropFolder
import Foundation
import Testing

@testable import Pipeline

/// What waits is told as it is now: one problem file for each object, gone when nothing is in its way any more.
@Suite struct FaultsTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("faults-\(UUID().uuidString)")

    private func withRoot(_ body: (OpenRoot) throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("company_id: 8089\n".utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        try body(root)
    }

    private func announce(_ root: OpenRoot) throws {
        try FileProcessor(root, clock: WallClock { 1_773_000_000 }).announceFaults()
    }

    /// The problem files, by name.
    private func problems() throws -> [String: String] {
        let rejected = folder.appendingPathComponent("inbox/rejected/procore")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: rejected.path)) ?? []
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try String(contentsOf: rejected.appendingPathComponent($0), encoding: .utf8))
            })
    }

    /// The events of the log, without the start.
    private func events() throws -> [String] {
        let log = try String(contentsOf: folder.appendingPathComponent("logs/plumbline.jsonl"), encoding: .utf8)
        return log.split(separator: "\n").compactMap { line in
            ["waits", "goes on"].first { line.contains("\"event\":\"\($0)\"") }
        }
    }

    @Test func anotherReasonTakesThePlaceOfTheOneBefore() throws {
        try withRoot { root in
            let path = RelativePath("procore/vendors.json")
            let fault = { (why: String) in
                InboxFault(path, what: "It cannot be filed away: \(why).", remedy: "Mend it.")
            }
            root.faults.report(.taken(1), fault("no such folder"))
            try announce(root)
            #expect(try problems().keys.sorted() == ["vendors.json.problem.txt"])
            root.faults.report(.taken(1), fault("the disk is broken"))
            try announce(root)
            let told = try problems()
            #expect(told.keys.sorted() == ["vendors.json.problem.txt"])
            #expect(told.values.first?.contains("the disk is broken") == true)
            #expect(try events() == ["waits", "waits"])
            root.faults.clear(.taken(1))
            try announce(root)
            #expect(try problems().isEmpty)
            #expect(try events() == ["waits", "waits", "goes on"])
        }
    }
}
