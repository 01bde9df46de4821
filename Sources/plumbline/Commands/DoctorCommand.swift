import ArgumentParser
import Pipeline

/// Looks a root over.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: """
            Check folders, file systems, inotify's limits, the sync ledger, the configuration, QuickBooks, and the programs \
            that messages go by.
            """,
        discussion: "Exit status: 0 all well, 1 something is to be mended.")

    @OptionGroup var root: RootOption

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let doctor = Doctor(root: root.root)
        print(json ? String(decoding: doctor.json.bytes(pretty: true), as: UTF8.self) : doctor.text)
        if !doctor.isWell { throw ExitCode(1) }
    }
}
