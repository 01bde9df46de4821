import Domain
import Procore

/// What reading a table came to: its fields, where they stood, and the problem that ended it.
private struct Table: Equatable {
    var header: [String] = []
    var rows: [[String]] = []
    var lines: [Int] = []
    var problem: Problem?

    init(_ bytes: [UInt8], chunk: Int = .max, limits: ReadingLimits = ReadingLimits()) {
        var reader = CSVReader(MemorySource(bytes, chunk: chunk), limits: limits)
        do {
            header = try reader.readHeader()
            while let row = try reader.next() {
                rows.append(row.fields)
                lines.append(row.line)
                for name in header { _ = row[name] }
            }
        } catch let problem as Problem {
            self.problem = problem
        } catch {
            fatalError("The CSV reader threw what is no problem: \(error)")
        }
    }

    /// The table as RFC 4180 has it, every field in quotes.
    var written: [UInt8] {
        var bytes: [UInt8] = []
        for row in [header] + rows {
            for (index, field) in row.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(UInt8(ascii: "\""))
                for byte in field.utf8 { bytes += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
                bytes.append(UInt8(ascii: "\""))
            }
            bytes += [0x0d, 0x0a]
        }
        return bytes
    }
}

/// CSV: the pieces in which a file arrives change nothing, and what is read can be written and read again.
func checkCSV(_ bytes: [UInt8]) {
    let tables = chunks.map { Table(bytes, chunk: $0) }
    requireSame(tables, "The pieces change what the CSV reader says")
    let short = ReadingLimits(recordBytes: 64)
    let limited = chunks.map { Table(bytes, chunk: $0, limits: short) }
    requireSame(limited.map { $0.problem == nil }, "The pieces change whether a long row is refused")
    let table = tables[0]
    guard table.problem == nil else { return }
    let again = Table(table.written)
    require(again.problem == nil, "What was written cannot be read: \(again.problem?.what ?? "")")
    require(again.header == table.header && again.rows == table.rows, "What is written is read as something else")
}
