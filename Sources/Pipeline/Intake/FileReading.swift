import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Reads one file, whatever it is, into the ledger, and stages what it leads to.
struct FileReading {
    let context: ProcessingContext
    /// Where refused records are copied to, in the format they came in.
    let rejects: any RejectedRecords
    /// The file's path below the inbox: folders and name are hints.
    let hint: String

    /// The last part of the path.
    private var name: String {
        guard let slash = hint.utf8.lastIndex(of: UInt8(ascii: "/")) else { return hint }
        return String(hint[hint.utf8.index(after: slash)...])
    }

    /// JSON from this size on is read and converted on a thread of its own where it holds lists or lines; smaller files are
    /// not worth it.
    private static let long = 1 << 20

    /// Reads the file to its end.
    /// - Parameter size: its size in bytes.
    /// - Returns: its digest.
    /// - Throws: a `Problem` where the file as a whole cannot be taken; nothing of it counts then.
    func read(_ file: some ByteSource & Sendable, size: Int) throws -> Digest {
        context.documents.isLong = size >= Self.long
        try context.turningAway.begin(hint)
        let digest = try read(try PeekedSource(file))
        try context.documents.settle()
        return digest
    }

    private func read(_ peeked: sending PeekedSource) throws -> Digest {
        switch Recognition.format(of: peeked.head, name: name) {
        case .json: return try readJSON(peeked)
        case .csv: return try readCSV(peeked)
        case .xml: return try ResponseIntake.take(peeked, context)
        case .refusal:
            let text = TextSource(peeked)
            try RefusalIntake.take(try text.start(atMost: 8_192), name: name, context)
            return try finish(peeked, text)
        case .webPage: throw FailedDownload.problem(ofPage: peeked.head)
        case .unknown(let why):
            throw Problem(
                what: "The file cannot be read. \(why)",
                remedy: "Procore's exports are read as JSON, NDJSON or CSV, QuickBooks' responses as qbXML.")
        }
    }

    /// Reads what is left of the file, and tells what was decided about its encoding.
    private func finish(_ peeked: PeekedSource, _ text: TextSource) throws -> Digest {
        let digest = try peeked.finish()
        if let note = text.note { context.receipt.add(note) }
        return digest
    }

    /// What has been read of a JSON file.
    private struct Content {
        var export: OpenExport?
        var sync: SyncResponseIntake?
    }

    private func readJSON(_ source: sending PeekedSource) throws -> Digest {
        let text = TextSource(source)
        var reader = ExportReader(text, mayBeBlank: Recognition.hasLines(name))
        var next = try reader.next()
        if let answer = try numberedAnswer(next) {
            while let element = next {
                try answer.take(element)
                next = try reader.next()
            }
            try end(answer)
            return try finish(source, text)
        }
        var content = Content()
        while let element = next {
            if content.export == nil, let refusal = try refusal(element) {
                try RefusalIntake.take(refusal, name: name, context)
                return try finish(source, text)
            }
            try take(element, &content, isLines: reader.shape == .lines)
            if context.documents.isLong, let export = content.export, reader.shape == .list || reader.shape == .lines {
                let digest = try readOn(LongExport(source: source, text: text, reader: reader), export)
                try end(export)
                return digest
            }
            next = try reader.next()
        }
        try end(content, isSyncResponse: reader.shape == .syncResponse)
        return try finish(source, text)
    }

    /// What a script wrote of a document that QuickBooks refused as a whole; nil: it is something else.
    private func refusal(_ element: ExportElement) throws -> Refusal? {
        guard case .record(let json, _) = element, json.has("hresult") else { return nil }
        return Refusal(hresult: try json.text("hresult") ?? "", message: try json.text("message") ?? "")
    }

    private func take(_ element: ExportElement, _ content: inout Content, isLines: Bool) throws {
        switch element {
        case .record(let json, _):
            if content.export == nil, let body = ErrorBody(json) { throw FailedDownload.problem(of: body) }
            try take(json, &content.export, isLines: isLines)
        case .event(let name, let data): content.export = try takeEvent(name, data)
        case .syncEntity(let json, _):
            if content.sync == nil { content.sync = SyncResponseIntake(context: context) }
            try content.sync?.entity(json)
        case .syncError(let json, _):
            if content.sync == nil { content.sync = SyncResponseIntake(context: context) }
            try content.sync?.error(json)
        }
    }

    /// Takes the records that an event of Procore's own connector carries.
    private func takeEvent(_ name: String, _ data: JSONRecord) throws -> OpenExport {
        guard let (entity, records) = try Recognition.eventRecords(data) else {
            throw Problem(
                what: "The event \(name) of Procore's own connector carries nothing that can be converted.",
                remedy: "Drop the export of the records themselves, which has their ids.")
        }
        let opened = try open(.list(entity))
        rejects.begin(.list)
        for json in records { try opened.take(json: json) }
        return opened
    }

    /// Takes what could only be judged at the end of the file.
    private func end(_ content: Content, isSyncResponse: Bool) throws {
        if let sync = content.sync {
            try sync.finish(stray: try strayNumber())
            try Dispatch.run(context, writingBack: UpdateBatches(context))
        } else if isSyncResponse {
            try SyncResponseIntake(context: context).finish(stray: try strayNumber())
        } else if let export = content.export {
            try end(export)
        } else {
            context.receipt.add(Self.noRecords)
        }
    }

    private func end(_ export: OpenExport) throws {
        try export.finish()
        try Dispatch.run(context, writingBack: export.writeBacks)
    }

    /// A list without a record is a result too: whoever fetches a list page by page ends with one.
    private static let noRecords = Note(
        what:
            "There are no records in the file: it is an empty page, as the last page of a list is. Nothing is changed.")

    /// What reads the file as Procore's answer to the document whose number its name begins with; nil: it is none.
    /// - Parameter first: its first element; nil: it has none.
    private func numberedAnswer(_ first: ExportElement?) throws -> NumberedAnswer? {
        guard let document = try DocumentNumber(fileName: name)?.answered(first, context.books) else { return nil }
        return try NumberedAnswer(document, context)
    }

    private func end(_ answer: NumberedAnswer) throws {
        try answer.finish()
        try Dispatch.run(context, writingBack: UpdateBatches(context))
    }

    /// What is to be said of a number in front of the file's name that belongs to no document which Procore answers.
    private func strayNumber() throws -> Problem? { try DocumentNumber(fileName: name)?.stray(context.books) }

    /// What is left of a long list, which another thread reads.
    private struct LongExport {
        let source: PeekedSource
        let text: TextSource
        var reader: ExportReader
    }

    /// Takes what is left of a long list: one thread reads and converts, this one writes to the sync ledger.
    private func readOn(_ rest: sending LongExport, _ export: OpenExport) throws -> Digest {
        let conversion = export.conversion
        let (digest, note) = try ReadAhead.run(from: rest) { rest, put in
            var conversion = ConversionAhead(conversion)
            let end = Result {
                // A list, or objects a line, hold nothing but records.
                while case .record(let json, _) = try rest.reader.next() { try conversion.take(json, put) }
            }
            // What was read before a failure is taken before it.
            try conversion.finish(put)
            try end.get()
            return (try rest.source.finish(), rest.text.note)
        } taking: { (record: ConvertedRecord) in
            try export.take(record)
        }
        if let note { context.receipt.add(note) }
        return digest
    }

    private func take(_ json: JSONRecord, _ export: inout OpenExport?, isLines: Bool) throws {
        if export == nil {
            let stray = try strayNumber()
            let form: ExportForm
            do throws(Problem) {
                form = try Recognition.form(of: json, hint: hint)
            } catch {
                throw stray ?? error
            }
            export = try open(form)
            if let stray { context.receipt.add(Note(what: "\(stray.what) It was read as an export.")) }
            rejects.begin(isLines ? .lines : .list)
        }
        try export?.take(json: json)
    }

    private func readCSV(_ source: PeekedSource) throws -> Digest {
        let text = TextSource(source)
        var reader = CSVReader(text)
        let header = try reader.readHeader()
        let form = try Recognition.form(ofHeader: header)
        guard let first = try reader.next() else {
            context.receipt.add(Self.noRecords)
            return try finish(source, text)
        }
        let export = try open(form)
        rejects.begin(.csv(header: reader.rawHeader))
        try export.take(csv: first)
        while let row = try reader.next() { try export.take(csv: row) }
        try end(export)
        return try finish(source, text)
    }

    private func open(_ form: ExportForm) throws -> OpenExport {
        if case .list(let entity) = form, let problem = listConverter(of: entity)?.missing(in: context.settings) {
            throw problem
        }
        return try OpenExport(form, context, hint: hint, rejects)
    }
}
