import ArgumentParser
import Pipeline

/// Leads a root with a restored sync ledger back to work.
struct RecoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Go on with a sync ledger from a backup, step by step.",
        discussion: """
            Without options it says what is to be done. Plumbline run has to be stopped meanwhile.
            Exit status: 0 nothing is to be done, or it was done; 1 something is to be done; 2 it could not run.
            """)

    @OptionGroup var root: RootOption

    @Flag(help: "Do it: ask QuickBooks after everything that may have been done since the backup.")
    var yes = false

    @Flag(help: "All of Procore's exports since the backup were dropped again: work as usual.")
    var end = false

    @Flag(help: "Mark the root's folders as the right ones, such as after a folder was made anew.")
    var markFolders = false

    func validate() throws {
        guard [yes, end, markFolders].filter(\.self).count <= 1 else {
            throw ValidationError("Say one of --yes, --end and --mark-folders.")
        }
    }

    func run() throws {
        do {
            let recovery = try RootRecovery(root: root.root, isRight: markFolders || yes)
            defer { recovery.close() }
            if markFolders {
                for line in try recovery.markFolders() { print(line) }
                return
            }
            if yes || end {
                let outcome = try yes ? recovery.recover() : recovery.end()
                for line in outcome.done { print(line) }
                for line in outcome.problems { print("Problem: \(line)") }
                for path in outcome.outputs { print(path) }
                if !outcome.problems.isEmpty { throw ExitCode(1) }
                return
            }
            guard let plan = try recovery.plan() else { return print("Nothing is to be done.") }
            print(plan)
            throw ExitCode(1)
        } catch let code as ExitCode {
            throw code
        } catch {
            throw couldNotRun(error)
        }
    }
}
