import Domain
import Foundation
import Procore

/// The reference suites and samples, which stay out of the project: tests that need ../shared skip without it.
enum SharedSamples {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "../../../shared")
    static let exists = FileManager.default.fileExists(atPath: root.appendingPathComponent("suites").path)

    /// The names of the files in a folder, sorted; only those whose name passes.
    static func names(_ folder: String, _ passes: (String) -> Bool = { _ in true }) -> [String] {
        let path = root.appendingPathComponent(folder).resolvingSymlinksInPath().path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter(passes).sorted()
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appendingPathComponent(path)))
    }

    /// All objects of one of Procore's samples.
    static func records(_ sample: String) throws -> [JSONRecord] {
        var reader = ExportReader(MemorySource(try bytes("domain/samples/procore/" + sample)))
        var records: [JSONRecord] = []
        while let element = try reader.next() {
            switch element {
            case .record(let json, _), .syncEntity(let json, _), .syncError(let json, _), .event(_, let json):
                records.append(json)
            }
        }
        return records
    }
}

/// A JSON object.
func object(_ text: String) throws -> JSONRecord { try JSONRecord(parsing: Array(text.utf8)) }
