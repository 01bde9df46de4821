import Foundation
import Testing

/// The daemon with real files and real inotify.
@Suite(.serialized) struct DaemonTests {
    private func withDaemon(_ root: TestRoot, _ body: (Process) async throws -> Void) async throws {
        let process = try root.start()
        do {
            try await body(process)
        } catch {
            process.terminate()
            process.waitUntilExit()
            throw error
        }
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "run ends with 0 after SIGTERM")
    }

    @Test func filesArriveByRenameByCopyAndInNewFolders() async throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(Exports.vendors(1...2), as: "procore/there-before.json")
        try await withDaemon(root) { _ in
            #expect(try await root.wait { root.requests.count == 1 })
            try root.drop(Exports.vendors(3...4), as: "procore/renamed.json")
            #expect(try await root.wait { root.requests.count == 2 })
            try Exports.vendors(5...6).write(
                toFile: root.path + "/inbox/procore/written.json", atomically: false, encoding: .utf8)
            #expect(try await root.wait { root.requests.count == 3 })
            let folder = root.path + "/inbox/procore/a/b/c"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Exports.vendors(7...8).write(toFile: folder + "/deep.json", atomically: false, encoding: .utf8)
            #expect(try await root.wait { root.requests.count == 4 })
            try FileManager.default.moveItem(
                atPath: root.path + "/inbox/procore/a", toPath: root.path + "/inbox/procore/moved")
            try Exports.vendors(9...10).write(
                toFile: root.path + "/inbox/procore/moved/b/c/after.json", atomically: false, encoding: .utf8)
            #expect(try await root.wait { root.requests.count == 5 })
        }
        let day = root.names("inbox/processed").first ?? ""
        #expect(root.tree("inbox/processed/\(day)").contains("procore/moved/b/c/after.json"))
    }

    @Test func aSlowWriterIsTakenOnceAndWhole() async throws {
        let root = try TestRoot()
        defer { root.remove() }
        let bytes = Array(Exports.vendors(1...50).utf8)
        try await withDaemon(root) { _ in
            #expect(try await root.wait { root.text("logs/plumbline.jsonl").contains("\"start\"") })
            let path = root.path + "/inbox/procore/slow.json"
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            let handle = try #require(FileHandle(forWritingAtPath: path))
            for start in stride(from: 0, to: bytes.count, by: bytes.count / 10 + 1) {
                try handle.write(contentsOf: bytes[start..<min(start + bytes.count / 10 + 1, bytes.count)])
                try handle.synchronize()
                // Other files go through meanwhile, so the daemon was awake and had its chance to be hasty.
                try root.drop(Exports.costCodes(start...start), as: "procore/meanwhile-\(start).json")
                #expect(
                    try await root.wait {
                        root.receipts.contains { $0.contains("meanwhile-\(start).json") }
                    })
                #expect(FileManager.default.fileExists(atPath: path))
            }
            try handle.close()
            #expect(try await root.wait { root.receipts.contains { $0.contains("slow.json") } })
        }
        #expect(root.text("logs/results.log").components(separatedBy: "slow.json: accepted").count == 2)
        #expect(root.names("inbox/rejected").isEmpty)
    }

    @Test func badFilesAreSetAsideAndHoldUpNothing() async throws {
        let root = try TestRoot()
        defer { root.remove() }
        try await withDaemon(root) { _ in
            try root.drop("[{\"id\": 1,", as: "procore/truncated.json")
            try root.drop("id,na\"me\n1,\"x", as: "procore/broken.csv")
            try root.drop("<?xml version=\"1.0\" ?><QBXML><QBXMLMsgsRs>", as: "quickbooks/broken.xml")
            try root.drop("[{\"foo\": 1}]", as: "procore/unknown.json")
            try root.drop("\u{1}\u{2}\u{0}binary", as: "procore/junk.json")
            try root.drop(
                "<?xml version=\"1.0\" ?><QBXML><QBXMLMsgsRs><VendorAddRs requestID=\"other\" statusCode=\"0\" "
                    + "statusSeverity=\"Info\" statusMessage=\"Status OK\"/></QBXMLMsgsRs></QBXML>",
                as: "quickbooks/not-ours.xml")
            try root.drop("", as: "procore/empty.json")
            try FileManager.default.createDirectory(
                atPath: root.path + "/inbox/procore/folder.json", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: root.path + "/inbox/procore/link.json", withDestinationPath: "/etc/hostname")
            try root.drop(Exports.vendors(1...3), as: "procore/vendors.json")
            #expect(try await root.wait { root.requests.count == 1 })
            #expect(
                try await root.wait {
                    root.receipts.count == 7
                        && root.names("inbox/rejected/procore").contains("link.json.problem.txt")
                })
        }
        #expect(
            root.names("inbox/rejected/procore") == [
                "broken.csv", "broken.csv.problem.txt", "junk.json", "junk.json.problem.txt", "link.json.problem.txt",
                "truncated.json", "truncated.json.problem.txt", "unknown.json", "unknown.json.problem.txt",
            ])
        #expect(
            root.names("inbox/rejected/quickbooks") == [
                "broken.xml", "broken.xml.problem.txt", "not-ours.xml", "not-ours.xml.problem.txt",
            ])
        // An empty file waits a minute for its content, and what is no file stays where it is.
        #expect(root.names("inbox/procore") == ["empty.json", "folder.json", "link.json"])
        #expect(root.requests.count == 1)
    }

    @Test func aPausedDaemonCatchesUpWithMoreFilesThanTheKernelQueues() async throws {
        let limit =
            Int(
                (try? String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8))?
                    .trimmingCharacters(in: .whitespacesAndNewlines) ?? "") ?? 16_384
        let count = limit + 616
        let root = try TestRoot()
        defer { root.remove() }
        let staging = root.path + "/ready"
        try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
        for number in 0..<count {
            try "[{\"id\": \(number + 1), \"name\": \"V\(number)\", \"synced_to_erp\": false}]".write(
                toFile: "\(staging)/v\(number).json", atomically: false, encoding: .utf8)
        }
        try await withDaemon(root) { process in
            let move = { (number: Int) in
                try FileManager.default.moveItem(
                    atPath: "\(staging)/v\(number).json", toPath: "\(root.path)/inbox/procore/v\(number).json")
            }
            // Once the first is through, the watches are set: before that, nothing would be queued.
            try move(0)
            #expect(try await root.wait { root.receipts.count == 1 })
            kill(process.processIdentifier, SIGSTOP)
            for number in 1..<count {
                try move(number)
            }
            kill(process.processIdentifier, SIGCONT)
            #expect(try await root.wait(seconds: 300) { root.receipts.count == count })
        }
        #expect(root.text("logs/plumbline.jsonl").contains("\"event\":\"overflow\""))
        #expect(root.requests.count == count)
        #expect(root.names("inbox/procore").isEmpty)
    }

    @Test func aSecondProcessIsToldWhoOwnsTheRoot() async throws {
        let root = try TestRoot()
        defer { root.remove() }
        try await withDaemon(root) { process in
            #expect(try await root.wait { root.text("logs/plumbline.jsonl").contains("\"start\"") })
            let second = try root.run("once")
            #expect(second.status == 2)
            #expect(second.output.contains("process \(process.processIdentifier)"))
        }
    }

    @Test func whatMayBeOverInAMomentIsToldFromWhatIsNot() async throws {
        let root = try TestRoot()
        defer { root.remove() }
        let configuration = root.text("plumbline.yaml")
        func configure(_ more: String) throws {
            try Data((configuration + "\n" + more).utf8).write(to: URL(fileURLWithPath: root.path + "/plumbline.yaml"))
        }
        let disk = root.path + "/disk-of-its-own"
        try configure("ledger: \(disk)/plumbline.sqlite\n")
        #expect(try root.run("run").status == 3, "the ledger's disk is not mounted yet")
        #expect(try root.run("once").status == 2, "a command is not tried again by anybody")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        try await withDaemon(root) { _ in
            let hasBegun = try await root.wait { root.text("logs/plumbline.jsonl").contains("\"start\"") }
            #expect(hasBegun)
        }
        try configure("no_such_key: 1\n")
        #expect(try root.run("run").status == 2)
    }

    @Test func logsAreReopenedOnSIGHUP() async throws {
        let root = try TestRoot()
        defer { root.remove() }
        try await withDaemon(root) { process in
            try root.drop(Exports.vendors(1...1), as: "procore/one.json")
            #expect(try await root.wait { root.text("logs/results.log").contains("one.json") })
            try FileManager.default.moveItem(
                atPath: root.path + "/logs/results.log", toPath: root.path + "/logs/results.log.1")
            kill(process.processIdentifier, SIGHUP)
            #expect(try await root.wait { FileManager.default.fileExists(atPath: root.path + "/logs/results.log") })
            try root.drop(Exports.vendors(2...2), as: "procore/two.json")
            #expect(try await root.wait { root.text("logs/results.log").contains("two.json") })
        }
        #expect(!root.text("logs/results.log.1").contains("two.json"))
    }
}
