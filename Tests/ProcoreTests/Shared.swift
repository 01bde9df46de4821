import Domain
import Foundation

@testable import Procore

/// The reference suites and samples, which stay out of the project: tests that need ../shared skip without it.
enum Shared {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared").standardizedFileURL

    static let json = "suites/json/test_parsing"
    static let csv = "suites/csv/csvs"
    static let procore = "domain/samples/procore"

    static func exists(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(folder).path)
    }

    /// The names of the files in a folder that end so, sorted; none without the folder.
    static func names(_ folder: String, _ ending: String) -> [String] {
        let path = root.appendingPathComponent(folder).resolvingSymlinksInPath().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(ending) }.sorted()
    }

    static func bytes(_ folder: String, _ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appendingPathComponent(folder).appendingPathComponent(name)))
    }
}

/// All elements of an export, each as one line, and its shape.
func elements(
    _ bytes: [UInt8], chunk: Int = .max, limits: ReadingLimits = ReadingLimits()
) throws -> (shape: ExportShape?, lines: [String]) {
    var reader = ExportReader(MemorySource(bytes, chunk: chunk), limits: limits)
    var lines: [String] = []
    while let element = try reader.next() {
        switch element {
        case .record(let record, let ordinal): lines.append("record \(ordinal) \(text(record))")
        case .syncEntity(let record, let ordinal): lines.append("entity \(ordinal) \(text(record))")
        case .syncError(let record, let ordinal): lines.append("error \(ordinal) \(text(record))")
        case .event(let name, let record): lines.append("event \(name) \(text(record))")
        }
    }
    return (reader.shape, lines)
}

func elements(_ text: String, chunk: Int = .max, limits: ReadingLimits = ReadingLimits()) throws -> [String] {
    try elements(Array(text.utf8), chunk: chunk, limits: limits).lines
}

private func text(_ record: JSONRecord) -> String { String(decoding: record.raw, as: UTF8.self) }

/// What the problem says that reading throws; nil where it throws none.
func problem(_ text: String, chunk: Int = .max, limits: ReadingLimits = ReadingLimits()) -> String? {
    do {
        _ = try elements(text, chunk: chunk, limits: limits)
        return nil
    } catch {
        return (error as? Problem)?.what
    }
}
