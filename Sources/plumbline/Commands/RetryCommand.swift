import ArgumentParser
import DropFolder
import Foundation
import Pipeline

/// Takes rejected files again, and gives failed records another attempt.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Take rejected files and refused records again, or give failed records another attempt.",
        discussion: """
            A file is named by its path or by its name alone; refused records stand in NAME.rejected.json, .ndjson or \
            .csv, ready to be mended.
            A record is named by kind and Procore id, such as vendors/401104; one that was deleted in QuickBooks is added \
            anew only when it is named.
            """)

    @Argument(help: "Files in inbox/rejected, or records such as vendors/401104.")
    var terms: [String] = []

    @Flag(help: "Every rejected file, and every copy of refused records.")
    var rejected = false

    @Flag(help: "Every failed record, and what still waits for its time.")
    var failed = false

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func validate() throws {
        if terms.isEmpty, !rejected, !failed {
            throw ValidationError("Name files or records, or say --rejected or --failed.")
        }
    }

    func run() async throws {
        var outcome = CommandOutcome()
        var records: [String] = []
        do {
            let folders = RootFolders(root: URL(fileURLWithPath: root.root).path)
            let files = RejectedFiles(folders)
            for path in rejected ? try files.all() : [] { try takeBack(path, files, &outcome) }
            for term in terms where try !takeBack(named: term, folders, files, &outcome) { records.append(term) }
        } catch {
            throw couldNotRun(error)
        }
        var commands: [QueuedCommand] = []
        if !records.isEmpty { commands.append(.retry(records)) }
        if failed { commands.append(.retryFailed) }
        try await report.run(commands, root: root.root, after: outcome)
    }

    /// Takes back the file that a term names; says whether it names a file, or several.
    private func takeBack(
        named term: String, _ folders: RootFolders, _ files: RejectedFiles, _ outcome: inout CommandOutcome
    ) throws -> Bool {
        let path = Self.below(folders.rejected, term)
        if FileManager.default.fileExists(atPath: "\(folders.rejected)/\(path)") {
            try takeBack(RelativePath(path), files, &outcome)
            return true
        }
        let found = try files.named(path)
        if found.count > 1 {
            outcome.problems.append(
                "More than one file in inbox/rejected is called \(term): name one of them with its folder: "
                    + "\(found.map(\.shown).joined(separator: ", ")).")
        } else if let one = found.first {
            try takeBack(one, files, &outcome)
        }
        return !found.isEmpty
    }

    private func takeBack(_ path: RelativePath, _ files: RejectedFiles, _ outcome: inout CommandOutcome) throws {
        if let place = try files.takeBack(path) {
            outcome.done.append("\(path.shown) stands in inbox/\(place) again.")
        } else {
            outcome.problems.append("There is no file \(path.shown) in inbox/rejected.")
        }
    }

    /// A path as it stands below a folder, however it was written.
    private static func below(_ folder: String, _ term: String) -> String {
        let absolute = URL(fileURLWithPath: term).standardizedFileURL.path
        let start = URL(fileURLWithPath: folder).standardizedFileURL.path + "/"
        if absolute.hasPrefix(start) { return String(absolute.dropFirst(start.count)) }
        return term.hasPrefix("inbox/rejected/") ? String(term.dropFirst(15)) : term
    }
}
