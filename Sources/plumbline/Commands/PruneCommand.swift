import ArgumentParser
import Foundation
import Pipeline

/// Takes out what is old and not needed any more.
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Take processed files, receipts and history of before a day out of root and ledger.",
        discussion: """
            Records, their ties and their requests stay, and so does whatever is not settled or about open money. Where \
            plumbline run serves the root, it does this in small steps beside its work; otherwise this command does.
            """)

    @Option(help: "What is from before this day goes, as 2024-01-01.")
    var before: String

    @Flag(help: "Only say what would go, what would stay, and why.")
    var dryRun = false

    @Option(
        help: "Pack what goes into this file first, with tar and zstd; as before-2024.tar.zst.", completion: .file())
    var archive: String?

    @Flag(help: "Also where the day is less than 30 days ago.")
    var yes = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var root: RootOption

    func run() async throws {
        let report: PruneReport
        do {
            let prune = Prune(root: root.root, before: before)
            if dryRun {
                report = try prune.preview()
            } else {
                guard try yes || !prune.isLate() else { throw TooLate(day: before) }
                report = try await prune.run(archive: archive)
            }
        } catch {
            throw couldNotRun(error)
        }
        if json {
            print(String(decoding: report.json.bytes(pretty: true), as: UTF8.self))
        } else if let problem = report.problem {
            FileHandle.standardError.write(Data((problem + "\n").utf8))
        } else {
            print(report.text)
        }
        if report.problem != nil { throw ExitCode(1) }
    }
}

/// The day is so late that it may be a slip of the pen.
private struct TooLate: Error, CustomStringConvertible {
    let day: String

    var description: String {
        "\(day) is less than 30 days ago, when answers may still be on their way. If that day is meant, say --yes as well."
    }
}
