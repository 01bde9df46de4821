import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Reads documents and their lines into the ledger, fragment by fragment, as Procore's exports bring them.
///
/// Nothing is sent from here: `Dispatch` decides once the whole file has been read. Lines are gathered by what they
/// belong to until the end of the file, since a document is taken whole or stopped.
final class DocumentIntake {
    /// The lines of one document that the file holds.
    private struct Lines {
        var fragments: [String: [Content.Line]] = [:]
        var raw: [[UInt8]] = []
    }

    let context: ProcessingContext
    /// How its records are read without the ledger.
    let conversion: DocumentConversion
    private let rejects: any RejectedRecords
    let payments: PaymentAnswers?
    var insertPath: DocumentInsertPath
    private var codes: CodeLearning
    private var order: [RecordKey] = []
    private var gathered: [RecordKey: Lines] = [:]
    /// Problems of lines, which stop every document whose lines the file holds.
    private var lineProblems: [Problem] = []
    private var unplaced: [[UInt8]] = []

    init(_ context: ProcessingContext, _ form: ExportForm.Documents, hint: String, _ rejects: any RejectedRecords)
        throws
    {
        payments =
            form.entity == .contractPayments
            ? try PaymentAnswers(context, fileName: hint.split(separator: "/").last.map(String.init) ?? hint) : nil
        self.context = context
        insertPath = DocumentInsertPath(context)
        let exportContext = ExportContext(path: hint)
        conversion = DocumentConversion(form: form, exportContext: exportContext, settings: context.settings)
        codes = CodeLearning(context, exportContext)
        self.rejects = rejects
    }

    private var entity: Entity { conversion.form.entity }

    /// Takes an object or row of the file.
    /// - Throws: a `Problem` where nothing says what the file belongs to.
    func take(_ record: DocumentRecord) throws {
        switch record.reading {
        case .failure(let problem): try refuse(problem, record)
        case .success(nil): break
        case .success(.document(let document)):
            if try !remember(document.key, document.fragments, of: record) { try rejects.add(record.raw) }
            let header = document.fragments[DocumentFragment.header]
            if let header { try codes.take(header: header, of: document.key) }
            try codes.see(record.codes, in: document.key, header: header)
        case .success(.line(let key, let fragment, let line)):
            gather(line, fragment, of: key, record.raw)
            try codes.see(record.codes, in: key)
        }
    }

    /// Takes an object of the file that was made ready by its plan; as any other where it cannot be sent as it is.
    func take(_ planned: PlannedDocument) throws {
        guard try !codes.needsHeaders(), try insertPath.send(planned.ready) else {
            conversion.plan?.miss()
            if let record = conversion.convert(try JSONRecord(parsing: planned.raw)) { try take(record) }
            return
        }
        try context.absences.end([planned.key])
        try context.turningAway.forget(planned.key.entity, id: planned.key.procoreID, code: nil)
        try codes.see(planned.codes, in: planned.key, header: Content([.init("project.id", planned.project)]))
    }

    private func refuse(_ problem: Problem, _ record: DocumentRecord) throws {
        // Where nothing says what the records belong to, the file as a whole cannot be taken.
        if problem.record == nil, Self.contextFields.contains(problem.field ?? "") { throw problem }
        if holdsLines {
            lineProblems.append(problem.record == nil ? problem.of("line \(record.place ?? "")") : problem)
            unplaced.append(record.raw)
        } else {
            let placed = record.place.map { problem.of("\(entity.singular) \($0)") } ?? problem
            context.receipt.count(entity, .rejected)
            context.receipt.refuse(placed)
            try context.turningAway.refuse(.init(record, entity), [placed])
            try rejects.add(record.raw)
        }
    }

    private func gather(_ line: Content.Line, _ fragment: String, of key: RecordKey, _ raw: [UInt8]) {
        if gathered[key] == nil {
            gathered[key] = Lines()
            order.append(key)
        }
        let known = gathered[key]?.fragments[fragment]?.first { $0.key == line.key }
        if let known, known != line {
            lineProblems.append(
                Problem(
                    record: "\(key.shown), line \(line.key)",
                    what: "The line stands in \(context.source) twice, with different content.",
                    remedy: "Export it again from Procore, and drop the new file."))
        }
        if known == nil { gathered[key]?.fragments[fragment, default: []].append(line) }
        gathered[key]?.raw.append(raw)
    }

    /// What `ExportContext` complains about.
    private static let contextFields: Set<String> = [
        "project", "commitment", "commitment_change_order", "requisition",
    ]

    /// Whether the file is one of lines, so that what cannot be read is a line of some document.
    private var holdsLines: Bool { !order.isEmpty || entity == .budgets || conversion.form.csv != nil }

    /// Takes the lines that were gathered, now that the file has been read to its end.
    func finish() throws {
        guard lineProblems.isEmpty else {
            for problem in lineProblems { context.receipt.refuse(problem) }
            for key in order {
                context.receipt.count(entity, .rejected)
                try absent(key, lineProblems[0].what, isRefusal: true)
                if let record = try context.books.record(key) { try stop(record, lineProblems) }
                let lines = gathered[key]?.fragments.mapValues { Content(lines: $0) } ?? [:]
                try context.turningAway.refuse(.init(key, lines), lineProblems)
                for raw in gathered[key]?.raw ?? [] { try rejects.add(raw) }
            }
            if order.isEmpty {
                context.receipt.count(entity, .rejected)
                try context.turningAway.refuse(.init(lines: unplaced, of: entity), lineProblems)
            }
            for raw in unplaced { try rejects.add(raw) }
            return
        }
        for key in order {
            guard let lines = gathered[key] else { continue }
            if try !remember(key, lines.fragments.mapValues { Content(lines: $0) }) {
                for raw in lines.raw { try rejects.add(raw) }
            }
        }
        try codes.finish(entity)
    }
}
