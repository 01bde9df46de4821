import ArgumentParser
import Foundation
import Pipeline

/// Ties records by hand.
struct LinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Tie Procore's records to QuickBooks' by hand, or have ties suggested.",
        discussion: """
            `link vendors 401104 80000012-1700000026` ties one record once QuickBooks has confirmed that it is there. \
            `link --suggest > names.csv` writes same, similar and missing names; write `link` or `no` into the column \
            decision and read it with `link --from names.csv`.
            """)

    @Argument(help: "The kind of record: vendors, projects, standard_cost_codes, budgets, commitments, requisitions.")
    var entity: String?

    @Argument(help: "Procore's id.")
    var procoreID: String?

    @Argument(help: "QuickBooks' ListID or TxnID.")
    var quickBooksID: String?

    @Flag(help: "Print same, similar and missing names of vendors, jobs and items as CSV.")
    var suggest = false

    @Option(help: "Read decided suggestions.")
    var from: String?

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func validate() throws {
        let ways = [quickBooksID != nil, suggest, from != nil].filter { $0 }.count
        if ways != 1 || quickBooksID == nil && entity != nil {
            throw ValidationError(
                "Name the kind, Procore's id and QuickBooks' id; or say --suggest, or --from FILE.csv.")
        }
    }

    func run() async throws {
        if suggest {
            do {
                print(try Suggestions(root: root.root).csv, terminator: "")
            } catch {
                throw couldNotRun(error)
            }
            return
        }
        let command: QueuedCommand
        do {
            command =
                try from.map(Suggestions.decisions(in:))
                ?? .link([.init(record: "\(entity ?? "")/\(procoreID ?? "")", quickBooksID: quickBooksID ?? "")])
        } catch {
            throw couldNotRun(error)
        }
        try await report.run([command], root: root.root)
    }
}
