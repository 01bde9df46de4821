import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Reads one file, whatever it is, into the ledger, and stages what it leads to.
struct FileReading {
    let work: Work
    /// Where refused records are copied to, in the format they came in.
    let rejects: any RejectedRecords
    /// The file's path below the inbox: folders and name are hints.
    let hint: String

    /// The last part of the path.
    private var name: String { hint.split(separator: "/").last.map(String.init) ?? hint }

    /// Reads the file to its end.
    /// - Throws: a `Problem` where the file as a whole cannot be taken; nothing of it counts then.
    func read(_ source: any ByteSource) throws {
        let peeked = try PeekedSource(source)
        switch Recognition.format(of: peeked.head, name: name) {
        case .json: try readJSON(peeked)
        case .csv: try readCSV(peeked)
        case .xml: try ResponseIntake.take(peeked, work)
        case .refusal:
            try RefusalIntake.take(peeked.head, name: name, work)
        case .unknown(let why):
            throw Problem(
                what: "The file cannot be read. \(why)",
                remedy: "Procore's exports are read as JSON, NDJSON or CSV, QuickBooks' responses as qbXML.")
        }
    }

    private func readJSON(_ source: any ByteSource) throws {
        var reader = ExportReader(source)
        var export: OpenExport?
        var sync: SyncResponseIntake?
        var wasRefused = false
        while let element = try reader.next() {
            switch element {
            case .record(let json, _):
                if json.has("hresult"), export == nil {
                    let refusal = Refusal(
                        hresult: try json.text("hresult") ?? "", message: try json.text("message") ?? "")
                    return try RefusalIntake.take(refusal, name: name, work)
                }
                if export == nil, try PaymentAnswers(work, fileName: name).refused(json) {
                    wasRefused = true
                    continue
                }
                try take(json, &export, isLines: reader.shape == .lines)
            case .event(let name, let data):
                guard let (entity, records) = try Recognition.eventRecords(data) else {
                    throw Problem(
                        what: "The event \(name) of Procore's own connector carries nothing that can be converted.",
                        remedy: "Drop the export of the records themselves, which has their ids.")
                }
                let opened = try open(.list(entity))
                rejects.begin(.list)
                for json in records { try opened.take(json: json) }
                export = opened
            case .syncEntity(let json, _):
                if sync == nil { sync = try SyncResponseIntake(work: work, fileName: name) }
                try sync?.entity(json)
            case .syncError(let json, _):
                if sync == nil { sync = try SyncResponseIntake(work: work, fileName: name) }
                try sync?.error(json)
            }
        }
        if let sync {
            try sync.finish()
            try Dispatch.run(work, writingBack: UpdateBatches(work))
        } else if reader.shape == .syncResponse {
            try SyncResponseIntake(work: work, fileName: name).finish()
        } else if let export {
            try export.finish()
            try Dispatch.run(work, writingBack: export.writeBacks)
        } else if !wasRefused {
            throw Problem(
                what: "The list is empty: there is no record in the file.",
                remedy: "Export it again from Procore if records were expected; otherwise there is nothing to do.")
        }
    }

    private func take(_ json: JSONRecord, _ export: inout OpenExport?, isLines: Bool) throws {
        if export == nil {
            export = try open(try Recognition.form(of: json, hint: hint))
            rejects.begin(isLines ? .lines : .list)
        }
        try export?.take(json: json)
    }

    private func readCSV(_ source: any ByteSource) throws {
        var reader = CSVReader(source)
        let header = try reader.readHeader()
        let export = try open(try Recognition.form(ofHeader: header))
        rejects.begin(.csv(header: reader.rawHeader))
        var rows = 0
        while let row = try reader.next() {
            rows += 1
            try export.take(csv: row)
        }
        guard rows > 0 else {
            throw Problem(
                what: "There is no row below the header.",
                remedy: "Fill in the template, save it as CSV, and drop it again.")
        }
        try export.finish()
        try Dispatch.run(work, writingBack: export.writeBacks)
    }

    private func open(_ form: ExportForm) throws -> OpenExport {
        if case .list(let entity) = form, let problem = listConverter(of: entity)?.missing(in: work.settings) {
            throw problem
        }
        return try OpenExport(form, work, hint: hint, rejects)
    }
}

/// An export whose kind is known.
private struct OpenExport {
    let writeBacks: UpdateBatches
    private let work: Work
    private let rejects: any RejectedRecords
    private let entity: Entity
    private let documents: DocumentIntake?

    init(_ form: ExportForm, _ work: Work, hint: String, _ rejects: any RejectedRecords) throws {
        self.work = work
        self.rejects = rejects
        writeBacks = UpdateBatches(work)
        switch form {
        case .list(let entity):
            self.entity = entity
            documents = nil
        case .documents(let form):
            entity = form.entity
            documents = try DocumentIntake(work, form, hint: hint, rejects)
        }
    }

    func take(json: JSONRecord) throws {
        if let documents { return try documents.take(json: json) }
        let id = { try? json.id("id") }
        let taken =
            switch entity {
            case .vendors: try take(CompanyToVendor.self, id: id) { try Company(json) }
            case .projects: try take(ProjectToJob.self, id: id) { try Project(json) }
            case .standardCostCodes: try take(CostCodeToItem.self, id: id) { try StandardCostCode(json) }
            default: true
            }
        if !taken { try rejects.add(json.raw) }
    }

    func take(csv row: CSVRow) throws {
        if let documents { return try documents.take(csv: row) }
        let id = { row["Id"] }
        let taken =
            switch entity {
            case .vendors: try take(CompanyToVendor.self, id: id) { try Company(row) }
            case .standardCostCodes: try take(CostCodeToItem.self, id: id) { try StandardCostCode(row) }
            default: true
            }
        if !taken { try rejects.add(row.raw) }
    }

    /// Takes what could only be judged at the end of the file.
    func finish() throws {
        try documents?.finish()
    }

    private func take<Mapping: ToQuickBooks>(
        _ mapping: Mapping.Type, id: () -> String?, _ read: () throws -> Mapping.Source
    ) throws -> Bool {
        try ExportIntake<Mapping>(work: work, writeBacks: writeBacks).take(id: id, read)
    }
}

/// How refused records stood in their file.
enum RejectedShape {
    case list
    case lines
    /// The header row's bytes, with its end.
    case csv(header: [UInt8])
}

/// Where refused records are copied to, ready to be mended and dropped again.
protocol RejectedRecords: AnyObject {
    /// Tells how they stood in their file, before the first one.
    func begin(_ shape: RejectedShape)
    /// Copies one, byte for byte.
    func add(_ raw: [UInt8]) throws
}
