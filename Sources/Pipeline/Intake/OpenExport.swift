import Converters
import Domain
import Procore

/// An export whose kind is known.
struct OpenExport {
    private enum Intake {
        case list(ListIntake)
        case documents(DocumentIntake)
    }

    let writeBacks: UpdateBatches
    private let intake: Intake
    private let rejects: any RejectedRecords

    init(_ form: ExportForm, _ context: ProcessingContext, hint: String, _ rejects: any RejectedRecords) throws {
        self.rejects = rejects
        writeBacks = UpdateBatches(context)
        switch form {
        case .list(let entity):
            guard let conversion = ListConversion(entity, settings: context.settings) else {
                throw MalformedForm(entity: entity)
            }
            intake = .list(ListIntake(context: context, conversion: conversion, writeBacks: writeBacks))
        case .documents(let form): intake = .documents(try DocumentIntake(context, form, hint: hint, rejects))
        }
    }

    /// How its records are read and converted without the ledger.
    var conversion: RecordConversion {
        switch intake {
        case .list(let list): .list(list.conversion)
        case .documents(let documents): .documents(documents.conversion)
        }
    }

    func take(json: JSONRecord) throws {
        if let record = conversion.convert(json) { try take(record) }
    }

    func take(csv row: CSVRow) throws {
        if let record = conversion.convert(row) { try take(record) }
    }

    func take(_ record: ConvertedRecord) throws {
        switch (intake, record) {
        case (.list(let list), .list(let record)):
            if try !list.take(record) { try rejects.add(record.raw) }
        case (.list(let list), .elements(let elements)):
            try list.take(elements) { try rejects.add($0.raw) }
        case (.documents(let documents), .document(let record)): try documents.take(record)
        case (.documents(let documents), .planned(let record)): try documents.take(record)
        default: break
        }
    }

    /// Takes what could only be judged at the end of the file.
    func finish() throws {
        if case .documents(let documents) = intake { try documents.finish() }
    }
}

/// A record of an export, read and converted as far as that can be done without the ledger.
enum ConvertedRecord: Sendable {
    case list(ListRecord)
    /// Some of a list that need nothing special.
    case elements(PlannedElements)
    case document(DocumentRecord)
    /// One that may be asked for as it is read.
    case planned(PlannedDocument)
}

/// Reads and converts the records of one export, on any thread.
enum RecordConversion: Sendable {
    case list(ListConversion)
    case documents(DocumentConversion)

    /// - Parameter isPlanned: whether the plan of a list is to be asked first.
    func convert(_ json: JSONRecord, isPlanned: Bool = true) -> ConvertedRecord? {
        switch self {
        case .list(let lists): .list(isPlanned ? lists.convert(json) : lists.converted(json))
        case .documents(let documents):
            documents.plan?.convert(json).map { .planned($0) } ?? documents.convert(json).map { .document($0) }
        }
    }

    func convert(_ row: CSVRow) -> ConvertedRecord? {
        switch self {
        case .list(let lists): lists.convert(row).map { .list($0) }
        case .documents(let documents): documents.convert(row).map { .document($0) }
        }
    }
}

/// Converts the records of a long export one after the other. Those of a list that need nothing special are put together.
struct ConversionAhead {
    private let conversion: RecordConversion
    private var draft: PlannedElements.Draft?

    init(_ conversion: RecordConversion) {
        self.conversion = conversion
        if case .list(let lists) = conversion { draft = lists.draft() }
    }

    /// Converts a record.
    /// - Parameter put: takes what can be given on, with its weight in bytes.
    mutating func take(_ json: JSONRecord, _ put: (ConvertedRecord, Int) throws -> Void) throws {
        if draft?.add(json) == true {
            if draft?.isFull == true { try finish(put) }
            return
        }
        try finish(put)
        if let record = conversion.convert(json, isPlanned: draft == nil) { try put(record, json.weight) }
    }

    /// Gives on what was put together.
    mutating func finish(_ put: (ConvertedRecord, Int) throws -> Void) throws {
        if let elements = draft?.take() { try put(.elements(elements), elements.weight) }
    }
}

/// A list that has no converter: a mistake of ours.
private struct MalformedForm: Error {
    let entity: Entity
}
