import ArgumentParser
import Pipeline

/// Writes a copy of the sync ledger.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a copy of the sync ledger, also while the root is served.",
        discussion: """
            The copy is whole or not there, and replaces an older one of that name. To restore it, stop Plumbline, put \
            it in the place of the sync ledger without the files ending in -wal and -shm, and run plumbline recover.
            """)

    @OptionGroup var root: RootOption

    @Argument(help: "Where the copy goes; best on another disk.", completion: .file())
    var file: String

    func run() throws {
        do {
            try Backup(root: root.root).write(to: file)
            print("The sync ledger is backed up to \(file).")
        } catch {
            throw couldNotRun(error)
        }
    }
}
