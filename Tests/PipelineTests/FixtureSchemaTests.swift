import Foundation
import Testing

/// Every expected document against Intuit's schemas, which stay out of the project: skipped without them.
@Suite struct FixtureSchemaTests {
    private static let schemas = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared/qbxml/schema").standardizedFileURL
    private static let xmllint = ["/usr/bin/xmllint", "/usr/local/bin/xmllint"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    private static let isPossible =
        xmllint != nil
        && FileManager.default.fileExists(atPath: schemas.appendingPathComponent("us/qbxmlops130.xsd").path)

    @Test(
        .enabled(if: isPossible, "needs xmllint and ../shared"),
        arguments: ["us/qbxmlops130.xsd", "us/qbxmlops160.xsd", "ca/QBCqbxmlops130.xsd", "ca/QBCqbxmlops160.xsd"])
    func everyExpectedDocumentIsValid(_ schema: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var paths: [String] = []
        for (number, fixture) in FixtureCase.all.enumerated() {
            for (part, document) in XMLDocuments.of(fixture).enumerated() {
                let file = folder.appendingPathComponent("\(number)-\(part)-\(fixture.name).xml")
                try Data(document.utf8).write(to: file)
                paths.append(file.path)
            }
        }
        #expect(!paths.isEmpty)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.xmllint))
        let rules = Self.schemas.appendingPathComponent(schema).path
        process.arguments = ["--noout", "--nonet", "--schema", rules] + paths
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let wrong = said.split(separator: "\n").filter { !$0.hasSuffix(" validates") }.joined(separator: "\n")
        #expect(process.terminationStatus == 0, "\(wrong)")
    }
}
