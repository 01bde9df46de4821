import Domain
import Foundation
import QBXML

/// The reference samples and schemas, which stay out of the project: tests that need ../shared skip without it.
enum Shared {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "../../../shared/qbxml")
    static let exists = FileManager.default.fileExists(atPath: root.appendingPathComponent("samples").path)

    /// Sample files by path below `samples`, sorted; only those whose name passes.
    static func samples(_ passes: (String) -> Bool) -> [String] {
        let folder = root.appendingPathComponent("samples").resolvingSymlinksInPath().path
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".xml") && passes($0) }.sorted()
    }

    static func bytes(_ sample: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appendingPathComponent("samples/" + sample)))
    }
}

/// All events of a response.
func events(_ bytes: [UInt8], chunk: Int = .max) throws -> [ResponseEvent] {
    var reader = try ResponseReader(MemorySource(bytes, chunk: chunk))
    var events: [ResponseEvent] = []
    while let event = try reader.next() { events.append(event) }
    return events
}

func events(_ text: String) throws -> [ResponseEvent] { try events(Array(text.utf8)) }
