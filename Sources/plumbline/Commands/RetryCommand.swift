import ArgumentParser
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
            anew only when it is named, and one that was taken back (undo) when it is named or with --undone.
            """)

    @Argument(help: "Files in inbox/rejected, or records such as vendors/401104.")
    var terms: [String] = []

    @Flag(help: "Every rejected file, and every copy of refused records.")
    var rejected = false

    @Flag(help: "Every failed record, and what still waits for its time.")
    var failed = false

    @Flag(help: "Every record that was taken back.")
    var undone = false

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func validate() throws {
        if terms.isEmpty, !rejected, !failed, !undone {
            throw ValidationError("Name files or records, or say --rejected, --failed or --undone.")
        }
    }

    func run() async throws {
        var retries = RetryTerms(root: root.root)
        do {
            if rejected { try retries.takeAll() }
            for term in terms { try retries.take(term) }
        } catch {
            throw couldNotRun(error)
        }
        var commands: [QueuedCommand] = []
        if !retries.records.isEmpty { commands.append(.retry(retries.records)) }
        if failed { commands.append(.retryFailed) }
        if undone { commands.append(.retryUndone) }
        try await report.run(commands, root: root.root, after: retries.outcome)
    }
}
