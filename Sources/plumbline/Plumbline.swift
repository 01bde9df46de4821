import ArgumentParser
import Domain
import DropFolder
import Foundation
import Logging
import Pipeline
import WebConnector

/// Where the process starts: runs the command, and makes 2 of a command line that is not understood, as of
/// everything else that could not run.
@main
enum Start {
    static func main() async {
        Memory.keep()
        do {
            var command = try Plumbline.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            guard Plumbline.exitCode(for: error) == .validationFailure else { Plumbline.exit(withError: error) }
            FileHandle.standardError.write(Data((Plumbline.fullMessage(for: error) + "\n").utf8))
            exit(2)
        }
    }
}

/// The command line: one subcommand a file in `Commands/`.
struct Plumbline: AsyncParsableCommand {
    /// The version, which stands nowhere else in the code: the newest heading of `CHANGELOG.md` and a release's tag name the
    /// same, as a test sees to. Between two releases it is the next one with a suffix, such as `0.2.0-dev`.
    static let version = "0.2.0-dev"

    static let configuration = CommandConfiguration(
        commandName: "plumbline",
        abstract: "Keeps Procore and QuickBooks Desktop in line through shared folders.",
        discussion: """
            Exit status: 0 done; 1 something was rejected or failed; 2 it could not run.
            """,
        version: version,
        subcommands: [
            InitCommand.self, RunCommand.self, OnceCommand.self, ConvertCommand.self, StatusCommand.self,
            HealthCommand.self, ReconcileCommand.self,
            PullCommand.self, TraceCommand.self, RetryCommand.self, ResendCommand.self, LinkCommand.self,
            UnlinkCommand.self, UndoCommand.self, ApproveCommand.self, RejectCommand.self, PauseCommand.self,
            ResumeCommand.self,
            MappingsCommand.self, DoctorCommand.self,
            BackupCommand.self, RecoverCommand.self, PruneCommand.self, SupportBundleCommand.self,
            ProveCommand.self,
            SandboxCommand.self, WebConnectorCommand.self, ProcoreCommand.self,
        ])
}

/// What every command takes.
struct RootOption: ParsableArguments {
    @Option(name: .customLong("root"), help: "The company's folder.")
    var root = "."
}

/// Ends the command with status 2 and the reason on standard error.
func couldNotRun(_ error: any Error) -> ExitCode {
    let words =
        (error as? Problem ?? (error as? AddressTaken)?.problem).map {
            "\($0.record.map { "\($0): " } ?? "")\($0.what) \($0.remedy)"
        }
        ?? explanation(of: error)
    FileHandle.standardError.write(Data("plumbline: \(words)\n".utf8))
    return ExitCode(2)
}

/// Ends a service that did not start with 3, upon which systemd starts it again, where what kept it from that may be over by
/// then; otherwise as any command.
func couldNotServe(_ error: any Error) -> ExitCode {
    let ending = couldNotRun(error)
    return mayHeal(error) ? ExitCode(3) : ending
}

/// The process's own log, on standard error.
func makeLogger(quiet: Bool = false) -> Logger {
    var logger = Logger(label: "plumbline") { ErrorLog(label: $0) }
    logger.logLevel = quiet ? .warning : .info
    return logger
}
