import ArgumentParser
import DropFolder
import Foundation
import Pipeline

/// Takes everything present and ends.
struct OnceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "once", abstract: "Take everything that is in the inbox now, and end.",
        discussion: "Exit status: 0 all well, 1 something was rejected or failed, 2 it could not run.")

    @OptionGroup var root: RootOption

    func run() async throws {
        ignoreLeaseSignals()
        let result: (summary: FileProcessor.Summary, left: [String], faults: [InboxFault])
        do {
            let open = try OpenRoot(path: root.root)
            defer { open.close() }
            result = try await RootWorker(open).once()
        } catch {
            throw couldNotRun(error)
        }
        print(
            "\(result.summary.files) \(result.summary.files == 1 ? "file" : "files") read"
                + (result.summary.withProblems > 0
                    ? ", \(result.summary.withProblems) with problems: see outbox/results and inbox/rejected." : "."))
        for name in result.left {
            FileHandle.standardError.write(Data("Left for the next time, still being written or empty: \(name)\n".utf8))
        }
        for fault in result.faults {
            FileHandle.standardError.write(Data("Waits: \(fault.object.shown): \(fault.what) \(fault.remedy)\n".utf8))
        }
        if result.summary.withProblems > 0 || !result.faults.isEmpty { throw ExitCode(1) }
    }
}
