import Foundation

/// A root in a scratch folder, and the real `plumbline` program working on it.
struct TestRoot {
    let path: String

    /// Makes a root with a configuration in a new scratch folder.
    init(_ yaml: String = TestRoot.yaml) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("plumbline-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try yaml.write(toFile: path + "/plumbline.yaml", atomically: true, encoding: .utf8)
        for folder in ["inbox/procore", "inbox/quickbooks", "outbox/quickbooks", "outbox/procore"] {
            try FileManager.default.createDirectory(atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
        }
    }

    static let yaml = """
        company_id: 8089
        quickbooks:
          income_account: Construction Income
          expense_account: Job Expenses
        settle: 200ms
        """

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Drops a file as a well-behaved program does: written under a hidden name, then renamed.
    func drop(_ text: String, as name: String) throws {
        let hidden = "\(path)/inbox/.drop-\(UUID().uuidString)"
        try text.write(toFile: hidden, atomically: false, encoding: .utf8)
        try FileManager.default.moveItem(atPath: hidden, toPath: "\(path)/inbox/\(name)")
    }

    /// The names in a folder of the root, hidden ones and the status page left out, sorted.
    func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).filter {
            !$0.hasPrefix(".") && !(folder == "outbox/results" && $0.hasPrefix("status."))
        }
        .sorted()
    }

    /// The receipts for scripts, by their paths below `outbox/results`, in the order of their numbers.
    var receipts: [String] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: path + "/outbox/results")) ?? []
        return paths.filter { $0.hasSuffix(".result.json") && !$0.contains("/.") }
            .sorted { ($0 as NSString).lastPathComponent < ($1 as NSString).lastPathComponent }
    }

    /// The first receipt whose name holds a text; empty where there is none.
    func receipt(_ part: String) -> String {
        receipts.first { ($0 as NSString).lastPathComponent.contains(part) }.map { text("outbox/results/" + $0) } ?? ""
    }

    /// The documents for QuickBooks that carry records: without the question what company is open.
    var requests: [String] { names("outbox/quickbooks").filter { !$0.hasSuffix("-company.xml") } }

    func text(_ file: String) -> String {
        (try? String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)) ?? ""
    }

    /// Every file below a folder, hidden ones included.
    func tree(_ folder: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: "\(path)/\(folder)")
        var files: [String] = []
        while let name = all?.nextObject() as? String {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: "\(path)/\(folder)/\(name)", isDirectory: &isFolder),
                !isFolder.boolValue
            {
                files.append(name)
            }
        }
        return files.sorted()
    }

    /// Runs a command to its end.
    @discardableResult
    func run(_ arguments: String...) throws -> (status: Int32, output: String) {
        try Tool.run(Tool.plumbline, arguments + ["--root", path])
    }

    /// Starts the daemon.
    func start() throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.plumbline)
        process.arguments = ["run", "--root", path]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Waits until something is so; false when it was not so before the deadline.
    func wait(seconds: Int = 60, until condition: () -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !condition() {
            if ContinuousClock.now > deadline { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }
}

/// Programs that the tests run.
enum Tool {
    /// The program under test: the one that PLUMBLINE names, or the one that was built beside the tests.
    static let plumbline: String = {
        if let named = ProcessInfo.processInfo.environment["PLUMBLINE"] { return named }
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<4 {
            let candidate = folder.appendingPathComponent("plumbline").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build/debug/plumbline").path
    }()

    /// The folder with the facts and referees, beside the checkout; nil where it is absent.
    static let shared: String? = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared").path
        return FileManager.default.fileExists(atPath: folder) ? folder : nil
    }()

    /// Whether the independent QuickBooks stand-in can be run here.
    static let hasReferee: Bool = {
        guard shared != nil else { return false }
        return (try? run("/usr/bin/env", ["python3", "-c", "import lxml"]).status) == 0
    }()

    /// Whether python3 is there.
    static let hasPython = (try? run("/usr/bin/env", ["python3", "--version"]).status) == 0

    /// Whether xmllint is there.
    static let hasXMLLint = (try? run("/usr/bin/env", ["xmllint", "--version"]).status) == 0

    /// Whether Prometheus' tool is there.
    static let hasPromtool = (try? run("/usr/bin/env", ["promtool", "--version"]).status) == 0

    /// Runs a program to its end, and gives its exit status and everything it printed.
    static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
