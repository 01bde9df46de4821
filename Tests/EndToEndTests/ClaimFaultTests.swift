import Foundation
import Testing

/// A file that cannot be taken is that file's fault alone: whoever dropped the others never notices. The real program, real
/// folders, and rights that really forbid a rename: run as a user without privileges, since root may do everything.
@Suite struct ClaimFaultTests {
    /// Files of several kinds, each in a folder of its own, in the order in which they are taken.
    private static let files = [
        "procore/a/vendors.json": #"[{"id": 401101, "name": "Riverton Lumber", "is_active": true}]"#,
        "procore/b/projects.json":
            #"[{"id": 225906, "name": "Ridge Clinic", "project_number": "2601", "active": true}]"#,
        "procore/c/vendors.csv": "Vendor Name\nAlder Concrete LLC\n",
        "procore/d/broken.json": #"[{"id": 1, "#,
        "quickbooks/e/vendors.xml": """
        <?xml version="1.0" ?>
        <QBXML><QBXMLMsgsRs><VendorQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
        <VendorRet><ListID>80000C01-1716500000</ListID><TimeModified>2026-03-09T09:05:11-08:00</TimeModified>
        <EditSequence>1716500099</EditSequence><Name>Dogwood Paving</Name><IsActive>true</IsActive></VendorRet>
        </VendorQueryRs></QBXMLMsgsRs></QBXML>
        """,
    ]

    @Test(.enabled(if: Unprivileged.isPossible, "needs setpriv where the tests run as root"))
    func whicheverFileCannotBeTakenTheOthersArrive() throws {
        for path in Self.files.keys.sorted() {
            let root = try Unprivileged.root()
            defer { root.remove() }
            let folder = String(path.prefix { $0 != "." }.split(separator: "/").dropLast().joined(separator: "/"))
            for (path, text) in Self.files { try Unprivileged.drop(text, as: path, in: root) }
            try Unprivileged.allow(0o555, "inbox/\(folder)", of: root)

            let first = try Unprivileged.run("once", root)
            #expect(first.status == 1, "\(path): \(first.output)")
            #expect(first.output.contains("Waits: \(folder): Files cannot be taken out of the folder inbox/\(folder)"))
            #expect(root.tree("inbox").filter { Self.files.keys.contains($0) } == [path], "the others arrived")
            #expect(root.tree("inbox/.claimed") == [])
            #expect(root.receipts.count == Self.files.count - 1)
            let problem = root.text("inbox/rejected/\(folder).problem.txt")
            #expect(problem.contains("rights r-xr-xr-x"), "which right it lacks: \(problem)")
            #expect(problem.contains("chmod g+w"), "how to give it")

            // Told once, however often it is tried.
            _ = try Unprivileged.run("once", root)
            #expect(lines(root, "waits") == 1)
            #expect(try Unprivileged.run("status", root).output.contains("Waits since"))
            #expect(try Unprivileged.run("doctor", root).output.contains("Files cannot be taken out of the folder"))

            try Unprivileged.allow(0o755, "inbox/\(folder)", of: root)
            _ = try Unprivileged.run("once", root)
            #expect(root.tree("inbox").filter { Self.files.keys.contains($0) } == [])
            #expect(root.receipts.count == Self.files.count)
            #expect(lines(root, "goes on") == 1)
            #expect(
                root.text("inbox/rejected/\(folder).problem.txt") == "", "the problem file is gone with the problem")
            #expect(try !Unprivileged.run("status", root).output.contains("Waits since"))
        }
    }

    @Test(.enabled(if: Unprivileged.isPossible, "needs setpriv where the tests run as root"))
    func aFolderThatCannotBeReadIsToldAndTheDaemonServesTheOthers() async throws {
        let root = try Unprivileged.root()
        defer { root.remove() }
        try Unprivileged.drop(Self.files["procore/a/vendors.json"] ?? "", as: "procore/closed/vendors.json", in: root)
        try Unprivileged.allow(0o300, "inbox/procore/closed", of: root)
        let daemon = try Unprivileged.start(root)
        defer { daemon.terminate() }
        #expect(try await root.wait { lines(root, "waits") == 1 })
        for number in 1...3 {
            try Unprivileged.drop(
                #"[{"id": 40120\#(number), "name": "Vendor \#(number)", "is_active": true}]"#,
                as: "procore/vendors.json",
                in: root)
            #expect(try await root.wait { root.receipts.count == number })
        }
        #expect(lines(root, "waits") == 1)
        #expect(lines(root, "trouble") == 0 && lines(root, "recovered") == 0, "nothing alternates")
        try Unprivileged.allow(0o755, "inbox/procore/closed", of: root)
        daemon.terminate()
        daemon.waitUntilExit()
        _ = try Unprivileged.run("once", root)
        #expect(root.receipts.count == 4)
    }

    /// A file of somebody else's, or one that may not be read, is waited for until it settles, since who writes to it cannot
    /// be asked. That wait is no sign that it can be taken now.
    @Test(.enabled(if: Unprivileged.isPossible, "needs setpriv where the tests run as root"))
    func whereNoFileCanBeTakenItIsOneTroubleUntilOneIs() async throws {
        let root = try Unprivileged.root()
        defer { root.remove() }
        _ = try Unprivileged.run("once", root)
        try Unprivileged.allow(0o555, "inbox/.claimed", of: root)
        let daemon = try Unprivileged.start(root)
        defer { daemon.terminate() }
        try Unprivileged.drop(Self.files["procore/a/vendors.json"] ?? "", as: "procore/vendors.json", in: root)
        try Unprivileged.allow(0, "inbox/procore/vendors.json", of: root)
        #expect(try await root.wait { lines(root, "trouble") == 1 })
        // It is tried some times more, with pauses between.
        #expect(try await !root.wait(seconds: 10) { lines(root, "recovered") > 0 }, "nothing alternates")
        try Unprivileged.allow(0o644, "inbox/procore/vendors.json", of: root)
        try Unprivileged.allow(0o755, "inbox/.claimed", of: root)
        #expect(try await root.wait { root.receipts.count == 1 && lines(root, "recovered") == 1 })
        #expect(lines(root, "trouble") == 1)
    }

    /// How many lines of the log are about an event.
    private func lines(_ root: TestRoot, _ event: String) -> Int {
        root.text("logs/plumbline.jsonl").split(separator: "\n").filter { $0.contains("\"event\":\"\(event)\"") }.count
    }
}

/// Runs the program as a user without privileges: as this one, or, where this is root, as nobody.
enum Unprivileged {
    private static let nobody = 65_534
    private static let isRoot = getuid() == 0

    static let isPossible = !isRoot || (try? Tool.run("/usr/bin/env", ["setpriv", "--version"]).status) == 0

    /// A root that belongs to that user, with a copy of the program that it may run.
    static func root() throws -> TestRoot {
        let root = try TestRoot()
        if isRoot { try FileManager.default.copyItem(atPath: Tool.plumbline, toPath: root.path + "/plumbline") }
        try own(root)
        return root
    }

    private static func own(_ root: TestRoot) throws {
        guard isRoot else { return }
        _ = try Tool.run("/usr/bin/env", ["chown", "-R", "\(nobody):\(nobody)", root.path])
    }

    static func drop(_ text: String, as path: String, in root: TestRoot) throws {
        let folder = "inbox/" + path.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: "\(root.path)/\(folder)", withIntermediateDirectories: true)
        let hidden = "\(root.path)/inbox/.drop"
        try text.write(toFile: hidden, atomically: false, encoding: .utf8)
        if isRoot {
            for path in [hidden, "\(root.path)/\(folder)"] { _ = chown(path, uid_t(nobody), gid_t(nobody)) }
        }
        try FileManager.default.moveItem(atPath: hidden, toPath: "\(root.path)/inbox/\(path)")
    }

    static func allow(_ rights: Int, _ folder: String, of root: TestRoot) throws {
        try FileManager.default.setAttributes([.posixPermissions: rights], ofItemAtPath: "\(root.path)/\(folder)")
    }

    private static func command(_ name: String, _ root: TestRoot) -> [String] {
        let user = ["setpriv", "--reuid=\(nobody)", "--regid=\(nobody)", "--clear-groups"]
        return (isRoot ? user + [root.path + "/plumbline"] : [Tool.plumbline]) + [name, "--root", root.path]
    }

    static func run(_ name: String, _ root: TestRoot) throws -> (status: Int32, output: String) {
        try Tool.run("/usr/bin/env", command(name, root))
    }

    static func start(_ root: TestRoot) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command("run", root)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }
}
