import ArgumentParser
import Pipeline

/// Asks QuickBooks for what is there.
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Ask QuickBooks for vendors, jobs, items, orders, costs, payments, or what company is open.",
        discussion: """
            The questions stand in outbox/quickbooks; the answers are dropped like any other. Without --since, what was \
            modified since the last answers is asked for; the first time, lists come whole, and transactions need --since.
            """)

    @Argument(help: "vendors, jobs, items, orders, costs, payments, company; several are asked for in turn.")
    var subjects: [PullSubject]

    @Option(help: "From this day on, as 2026-01-31.")
    var since: String?

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func run() async throws {
        if subjects.contains(.payments), isCanadian {
            throw couldNotRun(
                Unsupported(
                    description: "Procore takes payments from US editions of QuickBooks only, and this root is of the "
                        + "Canadian one."))
        }
        try await report.run(subjects.map { .pull($0, since: since) }, root: root.root)
    }

    private var isCanadian: Bool {
        (try? Pipeline.Configuration.load(root: root.root))?.settings.edition == .ca
    }
}

/// Something that cannot be done here at all.
private struct Unsupported: Error, CustomStringConvertible {
    let description: String
}

extension PullSubject: ExpressibleByArgument {}
