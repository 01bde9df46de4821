import Domain
import DropFolder
import Foundation
import Procore
import SyncLedger

/// A file directly in the inbox that does what a command does, so that whoever has the share and nothing else can mend.
enum ShareCommand: String, CaseIterable {
    /// `retry.txt`: a line for each record or rejected file; `failed`, `undone` and `rejected` are all of them.
    case retry
    /// `link.csv`: the table of `plumbline link --suggest`, decided.
    case link
    /// `resend.txt`: a line for each request id; `unanswered` is all of them.
    case resend
    /// `undo.txt`: a line for each record, or file that brought some.
    case undo
    /// `PAUSE`, which is never taken: see `PauseFile`.
    case pause

    /// The command that a file is by its path below the inbox; nil: it is an ordinary drop.
    init?(path: RelativePath) {
        switch path.shown.lowercased() {
        case "retry.txt": self = .retry
        case "link.csv": self = .link
        case "resend.txt": self = .resend
        case "undo.txt": self = .undo
        default: return nil
        }
    }

    /// The file's name.
    var file: String {
        switch self {
        case .retry, .resend, .undo: "\(rawValue).txt"
        case .link: "link.csv"
        case .pause: "PAUSE"
        }
    }

    /// What stands in the file, for whoever left it empty.
    var usage: String {
        switch self {
        case .retry:
            "Write a line for each record, such as vendors/401104, or rejected file; the line failed means all failed "
                + "records, undone all that were taken back, rejected all rejected files."
        case .resend:
            "Write a line for each request, such as 8089-commitments-786001-add-1; the line unanswered means all of them."
        case .undo:
            "Write a line for each record, such as requisitions/1280646, or for a file that brought some: its name, or the "
                + "number that its receipt begins with. Nothing is taken back before that is approved in outbox/review."
        case .link: "Write it with plumbline link --suggest, and write link or no into its column decision."
        case .pause: "It needs no text."
        }
    }
}

/// Takes the file of a command: what it asks is done in the file's own ledger transaction, so that it is done once, and its
/// receipt says what was done.
struct ShareCommandIntake {
    let context: ProcessingContext
    let root: OpenRoot

    /// A command needs no more bytes than this. A limit of ours.
    private static let mostBytes = 65_536

    /// Does what a file says.
    /// - Returns: the file's digest.
    /// - Throws: a `Problem` where nothing of it can be done; what the machine or the ledger says.
    func take(_ command: ShareCommand, _ file: some ByteSource) throws -> Digest {
        guard root.configuration.shareCommands.contains(command) else { throw turnedOff(command) }
        let source = try PeekedSource(file)
        let text = TextSource(source)
        switch command {
        case .link: try run(Suggestions.decisions(in: text, named: command.file))
        case .retry: try retry(lines(text, of: command))
        case .resend:
            let ids = try lines(text, of: command)
            if ids.contains("unanswered") { try run(.resendUnanswered) }
            let named = ids.filter { $0 != "unanswered" }
            if !named.isEmpty { try run(.resend(named)) }
        case .undo:
            try run(
                .undo(UndoWish(terms: lines(text, of: command), isVoid: false, who: "\(command.file) in the inbox")))
        case .pause: break
        }
        return try source.finish()
    }

    private func retry(_ lines: [String]) throws {
        var terms = RetryTerms(root.folders)
        for line in lines where !["failed", "undone"].contains(line) {
            if line == "rejected" { try terms.takeAll() } else { try terms.take(line) }
        }
        tell(terms.outcome, of: .retry)
        if !terms.records.isEmpty { try run(.retry(terms.records)) }
        if lines.contains("failed") { try run(.retryFailed) }
        if lines.contains("undone") { try run(.retryUndone) }
    }

    private func run(_ command: QueuedCommand) throws {
        let outbox = root.outbox(.quickbooks)
        let outcome = try CommandRunner.perform(command, context) { outbox.holds($0) }
        tell(outcome, of: command.shareCommand)
    }

    private func tell(_ outcome: CommandOutcome, of command: ShareCommand) {
        for sentence in outcome.done { context.receipt.add(Note(what: sentence)) }
        for sentence in outcome.problems {
            context.receipt.add(
                Problem(what: sentence, remedy: "Once that is put right, drop \(command.file) again."))
        }
    }

    /// The lines that say something.
    private func lines(_ text: TextSource, of command: ShareCommand) throws -> [String] {
        let bytes = try text.start(atMost: Self.mostBytes + 1)
        guard bytes.count <= Self.mostBytes else {
            throw Problem(
                what: "\(command.file) is longer than \(Self.mostBytes) bytes, which no command is.",
                remedy: "If it is an export, drop it under another name. \(command.usage)")
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        guard !lines.isEmpty else {
            throw Problem(what: "\(command.file) says nothing.", remedy: command.usage)
        }
        return lines
    }

    private func turnedOff(_ command: ShareCommand) -> Problem {
        Problem(
            what: "\(command.file) is a command, and commands by file are turned off for this root.",
            remedy: "Ask the administrator to run plumbline \(command.rawValue), or to add \(command.rawValue) to "
                + "share_commands in plumbline.yaml.")
    }
}

extension QueuedCommand {
    /// The file in the share that leads to it.
    fileprivate var shareCommand: ShareCommand {
        switch self {
        case .resend, .resendUnanswered: .resend
        case .link, .decide: .link
        case .undo: .undo
        default: .retry
        }
    }
}
