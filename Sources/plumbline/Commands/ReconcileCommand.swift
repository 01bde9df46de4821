import ArgumentParser
import Domain
import Foundation
import Pipeline

/// Says whether both sides have the same money.
struct ReconcileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Add up what Procore says and what QuickBooks has, and name the records that make up a difference.",
        discussion: """
            By project and kind, to the cent: what the exports brought, what the other side accepted, and what is on its \
            way, held, failed, refused or different there. Reads only, also beside plumbline run.

            Exit status: 0 both sides agree; 1 something differs, or is still on its way; 2 it could not run.
            """)

    @Argument(help: "A project, by Procore's id or its name; none: all of them.")
    var project: String?

    @OptionGroup var root: RootOption

    @Option(help: "Only records that were first brought on this day, as 2026-11-29, where QuickBooks is.")
    var day: String?

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print CSV, for a spreadsheet.")
    var csv = false

    func validate() throws {
        if json, csv { throw ValidationError("Say --json or --csv, not both.") }
        if let day, day.count != 10 || CalendarDate(day) == nil {
            throw ValidationError("--day takes a day such as 2026-11-29, not \(day).")
        }
    }

    func run() throws {
        let agrees: Bool
        do {
            let totals = try Reconciliation(root: root.root, project: project, day: day.flatMap { CalendarDate($0) })
            agrees = try totals.write(as: json ? .json : csv ? .csv : .text) { text in
                try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
            }
        } catch {
            throw couldNotRun(error)
        }
        if !agrees { throw ExitCode(1) }
    }
}
