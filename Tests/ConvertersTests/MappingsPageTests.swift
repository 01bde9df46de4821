import Foundation
import Testing

@testable import Converters

@Suite struct MappingsPageTests {
    @Test func thePageInTheDocsIsTheOneThatTheTablesPrint() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/mappings.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        #expect(page == MappingsPage.page, "run `make docs`, and read what changed")
    }

    @Test func rowsStandInTheirTablesOnceEach() {
        for converter in allConverters {
            let targets = converter.table.map { $0.target }
            #expect(Set(targets).count == targets.count, "\(converter.name)")
        }
    }
}
