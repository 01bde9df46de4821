import DropFolder
import Foundation

/// A root in a scratch folder on which the real program is tried, removed at the end.
struct ProofRoot {
    let path: String
    private let program: String

    /// Makes a root below a folder.
    init(below folder: String, program: String) throws {
        self.program = program
        path = "\(folder)/plumbline-prove-\(UUID().uuidString)"
        try RootFolders(root: path).create()
        let configuration = """
            company_id: 8089
            quickbooks:
              income_account: Construction Income
              expense_account: Job Expenses
            settle: 50ms
            """
        try writeAtomically(Array((configuration + "\n").utf8), to: path + "/plumbline.yaml")
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Drops five files: lists of three kinds, one that is cut off, and one with a record that is refused.
    func dropExports() throws {
        let vendors = (1...40).map { #"{"id": \#(401_000 + $0), "name": "Vendor \#($0)", "is_active": true}"# }
        let codes = (1...20).map { number in
            #"{"id": \#(71_000 + number), "standard_cost_code_list_id": 5512, "parent_id": null, "code": "C\#(number)", "#
                + #""full_code": "C\#(number)", "name": "Code \#(number)", "origin_id": null, "origin_data": null}"#
        }
        let projects = (1...5).map { number in
            #"{"id": \#(225_000 + number), "name": "Harbor Phase \#(number)", "project_number": "\#(number)", "#
                + #""active": true, "address": "1 Pier Rd", "city": "Olympia", "state_code": "WA", "zip": "98501", "#
                + #""origin_id": null}"#
        }
        let refused = #"{"id": 402001, "name": "Good Inc", "is_active": true}, {"id": 402002, "name": null}"#
        try drop("1-vendors.json", list(vendors))
        try drop("2-cost_codes.json", list(codes))
        try drop("3-projects.json", list(projects))
        try drop("4-cut-off.json", #"[{"id": 403001, "name": "Half a re"#)
        try drop("5-vendors.json", list([refused]))
    }

    private func list(_ records: [String]) -> String { "[" + records.joined(separator: ",\n") + "]\n" }

    private func drop(_ name: String, _ text: String) throws {
        try writeAtomically(Array(text.utf8), to: "\(path)/inbox/procore/\(name)")
    }

    /// Starts a command of the program on this root.
    func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments + ["--root", path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Runs a command to its end.
    @discardableResult
    func run(_ arguments: String...) throws -> Int32 {
        let process = try start(arguments)
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Runs a command, and kills it after some time unless it has ended by then.
    /// - Returns: whether it was the kill that ended it.
    func run(_ arguments: String..., killedAfter time: Duration) throws -> Bool {
        let process = try start(arguments)
        let (seconds, attoseconds) = time.components
        usleep(UInt32(seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
    }

    /// Every document of both outboxes, also collected ones, by its path.
    func documents() -> [String: Data] {
        var documents: [String: Data] = [:]
        for folder in ["quickbooks", "quickbooks/.collected", "procore"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/outbox/\(folder)")) ?? []
            for name in names where name.first?.isNumber == true {
                documents["\(folder)/\(name)"] = FileManager.default.contents(
                    atPath: "\(path)/outbox/\(folder)/\(name)")
            }
        }
        return documents
    }

    /// What must not be left once everything is done: claims, staged documents, temporary files.
    func leftovers() -> [String] {
        let folders = ["inbox/.claimed", "outbox/quickbooks/.staging", "outbox/procore/.staging"]
        let claims = folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).map {
                "\(folder)/\($0)"
            }
        }
        let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return claims + all.filter { $0.hasSuffix(".new") || $0.hasSuffix(".copying") }
    }
}
