import Converters
import Domain
import Procore

/// Paths below the inbox: folders and names are hints.
private let hints = [
    "export", "procore/vendors.json", "procore/project-225906/budget_change_orders.csv", "procore/cost codes.json",
    "quickbooks/00000012-vendors.error.txt",
]

/// Recognising: the pieces in which a file arrives change nothing, and what was looked at is read nevertheless.
func checkRecogniser(_ bytes: [UInt8]) {
    let peeked = chunks.map { PeekedSource.peek(bytes, chunk: $0) }
    requireSame(peeked.map(\.head), "The pieces change what is looked at")
    for source in peeked { require(source.rest() == bytes, "What was looked at is not read") }
    requireSame(chunks.map { verdicts(bytes, chunk: $0) }, "The pieces change what the file is taken for")
}

/// What the file is taken for under each hint, in words.
private func verdicts(_ bytes: [UInt8], chunk: Int) -> [String] {
    let source = PeekedSource.peek(bytes, chunk: chunk)
    let formats = hints.map { Recognition.format(of: source.head, name: $0) }
    do {
        if formats.contains(.json) { return try verdictsOnJSON(source) }
        if formats.contains(.csv) {
            var reader = CSVReader(source)
            return [words(try Recognition.form(ofHeader: reader.readHeader()))]
        }
    } catch let problem as Problem {
        return ["\(problem)"]
    } catch {
        fatalError("Recognising threw what is no problem: \(error)")
    }
    return formats.map { "\($0)" }
}

private func verdictsOnJSON(_ source: PeekedSource) throws -> [String] {
    var reader = ExportReader(source)
    switch try reader.next() {
    case nil: return ["no record"]
    case .record(let record, _):
        return hints.map { hint in
            do {
                return words(try Recognition.form(of: record, hint: hint))
            } catch {
                return "\(error)"
            }
        }
    case .event(let name, let data):
        let records = try Recognition.eventRecords(data)
        return ["event \(name) of \(records.map { "\($0.0) \($0.1.count)" } ?? "nothing")"]
    case .syncEntity: return ["entity"]
    case .syncError: return ["error"]
    }
}

private func words(_ form: ExportForm) -> String {
    switch form {
    case .list(let entity): "list of \(entity)"
    case .documents(let form): "documents of \(form.entity)"
    }
}

extension PeekedSource {
    fileprivate static func peek(_ bytes: [UInt8], chunk: Int) -> PeekedSource {
        do {
            return try PeekedSource(MemorySource(bytes, chunk: chunk))
        } catch {
            fatalError("Looking at bytes in memory failed: \(error)")
        }
    }

    /// Everything that it hands out.
    fileprivate func rest() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1_000)
        do {
            while true {
                let count = try buffer.withUnsafeMutableBytes { try read(into: $0) }
                guard count > 0 else { return bytes }
                bytes += buffer[..<count]
            }
        } catch {
            fatalError("Reading bytes in memory failed: \(error)")
        }
    }
}
