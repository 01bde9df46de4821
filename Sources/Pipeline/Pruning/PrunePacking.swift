import Domain
import DropFolder
import Foundation
import SyncLedger

/// Packs what a prune takes out, before it does: `tar` and `zstd` of the system write an archive under a hidden name, read it
/// back, and only then it gets its own.
///
/// What is written down of the ledger lies in a folder beside it until it is packed.
struct PrunePacking {
    private let root: OpenRoot
    private var share: PruneShare
    private let archive: HiddenFile
    private let scratch: String
    private var list = Data()
    private var entries = 0
    private var running: (process: Process, isReading: Bool)?

    private static let tables = ["history.jsonl", "documents.jsonl", "files.jsonl"]
    /// Below this nothing more is written beside the ledger: other things need the disk too. A limit of ours, in bytes.
    private static let least = 256 << 20

    /// Begins an archive; what an earlier process left of one is removed.
    /// - Throws: a `Problem` where it cannot be written; what the machine says.
    init(_ root: OpenRoot, _ share: PruneShare, to path: String) throws {
        self.root = root
        self.share = share
        archive = HiddenFile(path)
        scratch = OpenRoot.ledgerPath(root.configuration, root: root.folders.root) + "-prune"
        discard()
        try FileManager.default.createDirectory(
            atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for table in Self.tables + ["list"] {
            _ = FileManager.default.createFile(atPath: "\(scratch)/\(table)", contents: nil)
        }
    }

    /// Removes what was written.
    func discard() {
        running?.process.terminate()
        archive.discard()
        try? FileManager.default.removeItem(atPath: scratch)
    }

    /// Goes on with the archive.
    /// - Returns: whether it can go on at once; false: another program works.
    /// - Throws: a `Problem` where there can be no archive; what the machine says.
    mutating func step(_ prune: inout LedgerPrune, most: Int) throws -> Bool {
        if let free = FileSystem.free(at: scratch), free < Self.least {
            throw Problem(
                what:
                    "What goes into the archive is written beside the sync ledger first, and that disk is nearly full.",
                remedy: "Make room, or prune up to an earlier day first.")
        }
        switch prune.stage {
        case .copyEvents:
            guard !archive.isTaken else {
                throw Problem(
                    what: "\(archive.path) is there already, and is not written over.", remedy: "Name another file.")
            }
            let piece = try root.ledger.read { [prune] in try $0.copyEvents(after: prune.place, most: most, prune) }
            try append(piece?.lines ?? [], to: 0)
            prune.follow(piece?.end)
        case .copyDocuments:
            let piece = try root.ledger.read { [prune] in
                try $0.copyDocuments(after: prune.place, most: max(20, most / 8), prune)
            }
            try append(piece?.lines ?? [], to: 1)
            prune.follow(piece?.end)
        case .copyFiles: try copyFiles(&prune, most: min(most, 200))
        default: return try pack(&prune)
        }
        return true
    }

    private mutating func copyFiles(_ prune: inout LedgerPrune, most: Int) throws {
        let piece = try root.ledger.read { [prune] books in
            try books.filesToPrune(after: prune.place, most: most, prune).map { piece in
                (
                    end: piece.end, files: piece.files,
                    lines: try piece.files.compactMap { try books.copyFile($0.intake) }
                )
            }
        }
        try append(piece?.lines ?? [], to: 2)
        list.removeAll(keepingCapacity: true)
        var going = try (piece?.files ?? []).flatMap { try share.there(of: $0) }
        // What was rejected goes by no number, so it is listed once, at the end. Documents are in the archive already.
        if piece == nil {
            var share = self.share
            going += try root.ledger.read { [prune] in try share.rejectsThere(prune, $0) }
        }
        for there in going {
            list.append(contentsOf: there.path + [0])
            entries += 1
        }
        try append(list, to: "list")
        prune.follow(piece?.end)
    }

    private func append(_ lines: [String], to table: Int) throws {
        guard !lines.isEmpty else { return }
        try append(Data((lines.joined(separator: "\n") + "\n").utf8), to: Self.tables[table])
    }

    private func append(_ data: Data, to name: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(scratch)/\(name)"))
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: data)
    }

    // MARK: - The archive

    /// Has the archive written, and then read back, by other programs.
    private mutating func pack(_ prune: inout LedgerPrune) throws -> Bool {
        guard let (process, isReading) = running else {
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: archive.path).deletingLastPathComponent().path,
                withIntermediateDirectories: true)
            running = (
                try start(
                    ["--create", "--file=\(archive.hidden)", "--directory=\(scratch)"] + Self.tables
                        + [
                            "--directory=\(root.folders.root)", "--null", "--no-recursion", "--verbatim-files-from",
                            "--files-from=\(scratch)/list",
                        ]), false
            )
            return false
        }
        guard !process.isRunning else { return false }
        guard process.terminationStatus == 0 else {
            throw Problem(
                what: "The archive could not be \(isReading ? "read back" : "written"): \(said())",
                remedy:
                    "See that tar and zstd are installed (apt-get install tar zstd), that Plumbline's user may write in the "
                    + "folder of \(archive.path), and that its disk has room; then give the command again.")
        }
        guard isReading else {
            running = (try start(["--list", "--quoting-style=escape", "--file=\(archive.hidden)"]), true)
            return false
        }
        let lines = try Data(contentsOf: URL(fileURLWithPath: "\(scratch)/out"), options: .alwaysMapped)
            .count { $0 == 0x0a }
        guard lines == entries + Self.tables.count else {
            throw Problem(
                what: "The archive holds \(lines) files, and \(entries + Self.tables.count) were to be in it.",
                remedy: "Look whether somebody else removes files from the share, and give the command again.")
        }
        try archive.publish()
        discard()
        prune.goOn()
        return true
    }

    private func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["LC_ALL=C", "nice", "tar", "--zstd"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try output("out")
        process.standardError = try output("err")
        try process.run()
        return process
    }

    private func output(_ name: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: "\(scratch)/\(name)", contents: nil)
        return try FileHandle(forWritingTo: URL(fileURLWithPath: "\(scratch)/\(name)"))
    }

    /// What the program said last.
    private func said() -> String {
        let text = FileManager.default.contents(atPath: "\(scratch)/err").map { String(decoding: $0, as: UTF8.self) }
        let words = (text ?? "").split(separator: "\n").suffix(2).joined(separator: "; ")
        return words.isEmpty ? "tar said nothing" : String(words.prefix(400))
    }
}
