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
            // Lines of different kinds, such as work and retainage, may share an element.
            let rows = converter.table.map { "\($0.target) \($0.source)" }
            #expect(Set(rows).count == rows.count, "\(converter.name)")
        }
    }
}
