import Domain
import Procore

/// What reading an export came to: its records, and the problem that ended it.
private struct Export: Equatable {
    var shape: ExportShape?
    var records: [JSONRecord] = []
    var problem: Problem?

    init(_ bytes: [UInt8], chunk: Int, limits: ReadingLimits) {
        var reader = ExportReader(MemorySource(bytes, chunk: chunk), limits: limits)
        do {
            while let element = try reader.next() {
                switch element {
                case .record(let record, _), .syncEntity(let record, _), .syncError(let record, _),
                    .event(_, let record):
                    records.append(record)
                }
            }
            shape = reader.shape
        } catch let problem as Problem {
            self.problem = problem
        } catch {
            fatalError("The JSON reader threw what is no problem: \(error)")
        }
    }
}

/// JSON: the pieces in which a file arrives change nothing, and what is read can be written and read again.
func checkJSON(_ bytes: [UInt8]) {
    let exports = chunks.map { Export(bytes, chunk: $0, limits: ReadingLimits()) }
    requireSame(exports, "The pieces change what the JSON reader says")
    // Wrappers that are longer than a record are read key by key: another way through the reader.
    let short = ReadingLimits(recordBytes: 64)
    let streamed = chunks.map { Export(bytes, chunk: $0, limits: short) }
    requireSame(streamed.map { $0.problem == nil }, "The pieces change whether a long file can be read")
    if streamed[0].problem == nil { requireSame(streamed, "The pieces change what is read of a long file") }
    for record in exports[0].records { checkRecord(record) }
}

private func checkRecord(_ record: JSONRecord) {
    let value = JSONValue(record)
    for pretty in [false, true] {
        do {
            let again = try JSONRecord(parsing: value.bytes(pretty: pretty))
            require(JSONValue(again) == value, "What is written is read as something else: \(value)")
        } catch {
            fatalError("What was written cannot be read: \(error.what) \(value)")
        }
    }
    for key in record.keys {
        require(record.has(key), "The key \(key) is there and is not found")
        _ = try? record.text(key)
        _ = try? record.strings(key)
        if let parts = try? record.records(key) {
            for part in parts { require((try? JSONRecord(parsing: part.raw)) == part, "A part is not what it was") }
        }
    }
}
