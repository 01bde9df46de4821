import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// A configuration that is read again while the root is served.
@Suite struct ReloadTests {
    /// A root and the worker that serves it.
    private final class Office {
        let path = ReviewRoot.scratch.appendingPathComponent("reload-\(UUID().uuidString)").path
        let root: OpenRoot
        let worker: RootWorker

        init() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Self.write("company_id: 8089\n", path)
            root = try OpenRoot(path: path)
            try FixtureRun.answerCompany(root)
            worker = RootWorker(root)
            worker.begin()
            try worker.runRound()
        }

        deinit {
            root.close()
            try? FileManager.default.removeItem(atPath: path)
        }

        private static func write(_ yaml: String, _ path: String) throws {
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
        }

        /// Somebody writes another configuration and says so.
        func reload(_ yaml: String) throws {
            try Self.write(yaml, path)
            worker.readConfigurationAgain()
            try worker.runRound()
        }

        func drop(vendor id: Int) throws {
            let vendor = #"[{"id": \#(id), "name": "Vendor \#(id)", "is_active": true}]"#
            try Data(vendor.utf8).write(to: URL(fileURLWithPath: path + "/inbox/procore/vendors-\(id).json"))
            worker.receive(.arrived(inbox: 0, RelativePath("procore/vendors-\(id).json")), inbox: 0)
            try worker.runRound()
        }

        func names(_ folder: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/outbox/\(folder)")) ?? [])
                .filter { $0.hasSuffix(".xml") }.sorted()
        }

        func events(_ name: String) throws -> [String] {
            try String(contentsOfFile: path + "/logs/plumbline.jsonl", encoding: .utf8).split(separator: "\n")
                .map(String.init).filter { $0.contains("\"event\":\"\(name)\"") }
        }
    }

    @Test func aNewOneCountsForWhatIsDroppedFromThenOn() throws {
        let office = try Office()
        try office.drop(vendor: 1)
        try office.reload("company_id: 8089\nreview: [vendors]\n")
        #expect(FileManager.default.fileExists(atPath: office.path + "/outbox/review/approved"), "its folder is made")
        try office.drop(vendor: 2)
        #expect(office.names("quickbooks") == ["00000001-vendors.xml"])
        #expect(office.names("review") == ["00000002-vendors.xml"])
        let read = try office.events("configuration read")
        #expect(read.count == 1 && read[0].hasSuffix("\"changed\":true}"))
        // As when logs are rotated.
        try office.reload("company_id: 8089\nreview: [vendors]\n")
        #expect(try office.events("configuration read").last?.hasSuffix("\"changed\":false}") == true)
    }

    @Test func aWrongOneIsToldAndTheOneBeforeCounts() throws {
        let office = try Office()
        try office.reload("company_id: 8089\nreview: [vendors]\n")
        try office.reload("company_id: 8089\nreveiw: none\n")
        let refused = try office.events("configuration refused")
        #expect(refused.count == 1 && refused[0].contains("There is no key reveiw; did you mean review?"))
        #expect(office.worker.reports.notices.count == 1, "the status page and messages tell of it")
        try office.drop(vendor: 1)
        #expect(office.names("review") == ["00000001-vendors.xml"])
        try FileManager.default.removeItem(atPath: office.path + "/plumbline.yaml")
        office.worker.readConfigurationAgain()
        #expect(try office.events("configuration refused").last?.contains("There is no plumbline.yaml") == true)
        try office.reload("company_id: 8089\n")
        #expect(office.worker.reports.notices.isEmpty)
        try office.drop(vendor: 2)
        #expect(office.names("quickbooks") == ["00000002-vendors.xml"])
    }

    @Test(arguments: [
        ("company_id: 8090", "company_id is 8090 and was 8089"),
        ("company_id: 8089\ncompany_key: east", "company_key is east and was null"),
        ("company_id: 8089\nledger: other.sqlite", "ledger is other.sqlite and was plumbline.sqlite"),
        ("company_id: 8089\nwebconnector: {port: 8444}", "webconnector.port is 8444 and was 8443"),
        ("company_id: 8089\nwebconnector: {serve: true}", "webconnector.serve is true and was false"),
    ])
    func whatCannotChangeWhileItRunsIsRefusedAndNothingOfItCounts(_ yaml: String, _ finding: String) throws {
        let office = try Office()
        try office.reload(yaml + "\nreview: [vendors]\n")
        let refused = try #require(try office.events("configuration refused").first)
        #expect(refused.contains("\(finding): it cannot change while Plumbline runs."), "\(refused)")
        #expect(refused.contains("systemctl restart"))
        try office.drop(vendor: 1)
        #expect(office.names("quickbooks") == ["00000001-vendors.xml"] && office.names("review") == [])
        #expect(!FileManager.default.fileExists(atPath: office.path + "/other.sqlite"))
    }

    @Test func theServerOfTheWebConnectorGoesByItToo() async throws {
        let office = try ConnectorRoot()
        try #expect(await office.companyFile() == "")
        let yaml = "company_id: 8089\nwebconnector: {company_file: 'C:\\Books\\ridge.qbw'}\n"
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: office.path + "/plumbline.yaml"))
        try #expect(await office.companyFile() == "")
        try await office.sessions().readConfigurationsAgain()
        try #expect(await office.companyFile() == "C:\\Books\\ridge.qbw")
        try Data("company_id: 8090\n".utf8).write(to: URL(fileURLWithPath: office.path + "/plumbline.yaml"))
        try await office.sessions().readConfigurationsAgain()
        try #expect(await office.companyFile() == "C:\\Books\\ridge.qbw", "the one before counts")
    }
}

extension ConnectorRoot {
    /// The company file that a session is to open; nil: there is no session.
    fileprivate func companyFile() async throws -> String? {
        // A document has to wait, or there is nothing to begin a session for.
        if outbox.isEmpty {
            try put("00000001-vendors.xml", "<?xml version=\"1.0\"?><?qbxml version=\"13.0\"?><QBXML/>")
        }
        guard case .session(_, let file) = try await login() else { return nil }
        return file
    }
}
